<?php
fwrite(STDOUT, 'scheduled job ran at ' . date('H:i:s') . "\n");
fwrite(STDERR, "scheduled job found nothing to complain about\n");

<?php
usleep(20000);
echo getmypid(), ' ', getenv('SUPERVISOR_PROCESS_NAME'), "\n";

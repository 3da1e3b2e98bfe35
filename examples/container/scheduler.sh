# Runs the scheduled job again and again, SCHEDULE_SECONDS apart.
while true; do
    /usr/bin/php schedule.php
    sleep "$SCHEDULE_SECONDS"
done

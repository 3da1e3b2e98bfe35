# Tells the time every five seconds.
while true; do
    date '+the clock says %H:%M:%S'
    sleep 5
done

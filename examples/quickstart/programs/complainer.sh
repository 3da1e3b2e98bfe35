# Has nothing to say on standard output and much on standard error.
while true; do
    echo "$(date +%H:%M:%S) warning: $(df -P / | tail -n 1 | tr -s ' ' | cut -d ' ' -f 5) of / is used" >&2
    sleep 4
done

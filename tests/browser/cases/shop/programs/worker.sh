# Works a little, then rests.
while sleep 0.4; do
    number=0
    while [ "$number" -lt 2000 ]; do number=$((number + 1)); done
    echo "counted to $number"
done

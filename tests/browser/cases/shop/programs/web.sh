# Serves nobody, and says so in colours.
printf '\033[1mlistening\033[0m on port 80\n'
echo "a warning that is no error" >&2
number=0
while sleep 0.2; do
    number=$((number + 1))
    printf '\033[32mGET\033[0m /basket/%d \033[36m200\033[0m <b>3 ms</b>\n' "$number"
    test $((number % 7)) -eq 0 && printf '\033[31mPOST\033[0m /pay \033[1;31m500\033[0m card declined\n'
done

# Works for ten seconds, then crashes.
echo "flaky (pid $$) starts; this time all will be well"
sleep 10
echo "flaky (pid $$) has an accident" >&2
exit 1

# Takes one job after another. The supervisor tells every process its name in the environment.
job=0
while true; do
    job=$((job + 1))
    echo "$(date +%H:%M:%S) $SUPERVISOR_PROCESS_NAME (pid $$) finished job $job"
    sleep 2
done

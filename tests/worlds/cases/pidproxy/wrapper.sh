trap '' TERM HUP
sh -c 'trap "" TERM; echo $$ >run/new; mv run/new run/wrapped.pid; while :; do sleep 1; done' &
wait

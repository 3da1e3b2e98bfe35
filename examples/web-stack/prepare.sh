# Makes the directories in which redis and the workers keep their sockets and files.
# They belong to the users of the programs when root runs this, else to whoever does.
set -eu
run=$(dirname "$0")/run
mkdir -p "$run/redis" "$run/app"
if [ "$(id -u)" = 0 ]; then
    chown redis: "$run/redis"
    chown www-data: "$run/app"
fi

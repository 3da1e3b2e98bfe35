# Makes the data directory, once. It belongs to postgres when root runs this, else to whoever does.
# PGBIN is the directory with PostgreSQL's programs.
set -eu
home=$(cd "$(dirname "$0")" && pwd)/run/postgresql
make="$PGBIN/initdb -D data -U postgres -A trust --no-instructions"
mkdir -p "$home"
cd "$home"
if [ -d data ]; then
    exit 0
elif [ "$(id -u)" = 0 ]; then
    chown postgres: .
    exec runuser -u postgres -- $make
else
    exec $make
fi

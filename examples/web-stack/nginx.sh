# nginx cannot read its port from the environment, so it is written to a file first.
echo "listen 127.0.0.1:$PORT;" > run/listen.conf
exec /usr/sbin/nginx -p . -c nginx.conf -e stderr

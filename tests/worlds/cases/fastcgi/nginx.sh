# nginx cannot read its ports and its user from the environment, so they are written to files first.
echo "listen 127.0.0.1:$PORT;" >run/listen.conf
echo "fastcgi_pass 127.0.0.1:$FCGI_PORT;" >run/remote.conf
exec /usr/sbin/nginx -p . -c nginx.conf -e stderr -g "user $OWNER;"

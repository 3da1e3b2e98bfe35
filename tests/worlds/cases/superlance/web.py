"""A web server that answers until there is a file run/hang; then it answers nobody any more."""

import http.server
import os
import signal
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if os.path.exists("run/hang"):
            while True:
                signal.pause()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{os.getpid()}\n".encode())


if os.path.exists("run/hang"):
    os.remove("run/hang")
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()

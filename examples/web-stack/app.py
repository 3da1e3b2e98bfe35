"""One worker of a small web application. It serves HTTP on a unix socket and counts every visit in redis."""

import argparse
import json
import os
import signal
import socket
import socketserver
import sys
from http.server import BaseHTTPRequestHandler


def redis(*words):
    """Sends one command in redis' own protocol and returns its reply (simple strings and integers)."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(os.environ["REDIS_SOCKET"])
        parts = [f"*{len(words)}\r\n"] + [f"${len(word)}\r\n{word}\r\n" for word in words]
        connection.sendall("".join(parts).encode())
        reply = connection.makefile("rb").readline().decode().strip()
    if reply.startswith("-"):
        raise RuntimeError(reply)
    return reply[1:]


class Visit(BaseHTTPRequestHandler):
    def do_GET(self):
        visit = {
            "worker": os.environ["WORKER"],
            "process": os.environ.get("SUPERVISOR_PROCESS_NAME"),
            "pid": os.getpid(),
            "path": self.path,
            "visits": int(redis("INCR", "visits")),
        }
        body = json.dumps(visit).encode() + b"\n"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "nginx"


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def stop(_signal, _frame):
    print("worker stops", flush=True)
    sys.exit(0)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--socket", required=True)
    path = arguments.parse_args().socket
    if os.path.exists(path):
        os.unlink(path)
    signal.signal(signal.SIGTERM, stop)
    with Server(path, Visit) as server:
        print(f"worker {os.environ['WORKER']} serves on {path}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()

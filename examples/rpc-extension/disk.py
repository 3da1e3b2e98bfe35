#!/usr/bin/env python3
"""An extension of supervisord: methods named disk.something, answered by this program.

supervisord gives it a listening socket as standard input and sends what clients call as XML-RPC over HTTP.
Nothing but Python's own library is needed.
"""

import os
import shutil
import signal
import socket
import socketserver
import sys
from xmlrpc.client import Fault
from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer

SIGNATURES = {"disk.usage": ["struct", "string"], "disk.biggest": ["array", "string", "int"]}


def usage(path):
    """Tells how full the file system of a path is.

    @param string path Any path in it
    @return struct usage Its size and what is used and free, in megabytes
    """
    if not os.path.exists(path):
        raise Fault(20, f"NO_FILE: {path}")
    usage = shutil.disk_usage(path)
    return {name: getattr(usage, name) >> 20 for name in ("total", "used", "free")}


def biggest(directory, count):
    """Lists the biggest files of a directory.

    @param string directory The directory
    @param int count How many of them
    @return array files Their names, the biggest first
    """
    if not os.path.isdir(directory):
        raise Fault(20, f"NO_FILE: {directory}")
    files = [entry for entry in os.scandir(directory) if entry.is_file(follow_symlinks=False)]
    files.sort(key=lambda entry: (-entry.stat().st_size, entry.name))
    return [entry.name for entry in files[:count]]


def signature(method):
    if method not in SIGNATURES:
        raise Fault(4, "SIGNATURE_UNSUPPORTED")
    return SIGNATURES[method]


class Handler(SimpleXMLRPCRequestHandler):
    # There is no such thing on the socket of a file.
    disable_nagle_algorithm = False

    def log_message(self, format, *values):
        print(format % values, file=sys.stderr)


class Server(socketserver.ThreadingMixIn, SimpleXMLRPCServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("", 0), Handler, logRequests=False, allow_none=True, bind_and_activate=False)
        self.socket.close()
        self.socket = socket.socket(fileno=0)


def main():
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    server = Server()
    server.register_introspection_functions()
    server.register_function(signature, "system.methodSignature")
    server.register_function(usage, "disk.usage")
    server.register_function(biggest, "disk.biggest")
    server.serve_forever()


if __name__ == "__main__":
    main()

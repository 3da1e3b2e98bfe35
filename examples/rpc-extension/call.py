#!/usr/bin/env python3
"""Calls a method of supervisord over its socket: call.py SOCKET METHOD [ARGUMENT...]

Arguments that are JSON are passed as what they say, all others as text.
"""

import http.client
import json
import socket
import sys
import xmlrpc.client


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Transport(xmlrpc.client.Transport):
    def __init__(self, path):
        super().__init__()
        self.path = path

    def make_connection(self, host):
        return Connection(self.path)


def argument(word):
    try:
        return json.loads(word)
    except ValueError:
        return word


def main():
    path, method, *words = sys.argv[1:]
    arguments = [argument(word) for word in words]
    server = xmlrpc.client.ServerProxy("http://localhost/RPC2", transport=Transport(path), allow_none=True)
    try:
        print(json.dumps(getattr(server, method)(*arguments)))
    except xmlrpc.client.Fault as fault:
        sys.exit(f"fault {fault.faultCode}: {fault.faultString}")


if __name__ == "__main__":
    main()

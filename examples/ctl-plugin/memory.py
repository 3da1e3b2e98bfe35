"""How much memory each process holds: an action of supervisorctl.

supervisorctl tells where the daemon is: in SUPERVISOR_SERVER_URL, and, if it knows a login, in SUPERVISOR_USERNAME
and SUPERVISOR_PASSWORD.
"""

import argparse
import base64
import fnmatch
import http.client
import json
import os
import socket
import sys
import xmlrpc.client


class UnixConnection(http.client.HTTPConnection):
    """HTTP on a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


class UnixTransport(xmlrpc.client.Transport):
    """XML-RPC on a Unix socket."""

    def __init__(self, path, headers):
        super().__init__(headers=headers)
        self.path = path

    def make_connection(self, host):
        return UnixConnection(self.path)


def connect():
    """The daemon's API."""
    url = os.environ["SUPERVISOR_SERVER_URL"]
    headers = []
    if "SUPERVISOR_USERNAME" in os.environ:
        login = os.environ["SUPERVISOR_USERNAME"] + ":" + os.environ["SUPERVISOR_PASSWORD"]
        headers.append(("Authorization", "Basic " + base64.b64encode(login.encode()).decode()))
    if url.startswith("unix://"):
        transport = UnixTransport(url[len("unix://"):], headers)
        return xmlrpc.client.ServerProxy("http://localhost/RPC2", transport).supervisor
    return xmlrpc.client.ServerProxy(url + "/RPC2", headers=headers).supervisor


def resident_kilobytes(pid):
    """What the kernel says; 0 if the process is gone."""
    try:
        with open("/proc/%d/status" % pid, encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def main():
    parser = argparse.ArgumentParser(prog="memory", description="How much memory each process holds.")
    parser.add_argument("pattern", nargs="*", help="what GROUP:NAME is like (default: all)")
    parser.add_argument("--json", action="store_true", help="print an object with kilobytes by GROUP:NAME")
    arguments = parser.parse_args()
    try:
        infos = connect().getAllProcessInfo()
    except (OSError, xmlrpc.client.Error) as error:
        sys.exit("memory: %s" % error)
    names = {"%(group)s:%(name)s" % info: info["pid"] for info in infos}
    patterns = arguments.pattern or ["*"]
    chosen = {
        name: resident_kilobytes(pid)
        for name, pid in names.items()
        if pid and any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
    }
    if arguments.json:
        print(json.dumps(chosen))
    else:
        for name, kilobytes in sorted(chosen.items(), key=lambda item: (-item[1], item[0])):
            print("%9d KB  %s" % (kilobytes, name))
    if not chosen:
        sys.exit("memory: no running process is meant")


if __name__ == "__main__":
    main()

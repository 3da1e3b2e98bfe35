"""Calls every method of a running daemon: rightly, with too few and too many parameters, with wrong types, in vain.

Run as `python3 every_method.py SOCKET CONFIGURATION PART` beside the daemon of the scenario in `mod.rs`, once for each of
PARTS, in that order. Each answer becomes one line on the standard output, without process ids and times:

    CALL<TAB>ANSWER                                  must be the same for both daemons
    CALL<TAB>ANSWER<TAB>ENTRY<TAB>REFERENCE<TAB>OURS   a deliberate difference, with what each must answer

Nothing here is a matter of time: what takes a while is waited for by asking for the state.
"""

import http.client
import socket
import sys
import time
import xmlrpc.client

PATIENCE_SECONDS = 45
TOO_MANY_OF_ANY = 4
HTTP_500 = "HTTP 500"
INCORRECT = "fault 2 INCORRECT_PARAMETERS"


class Connection(http.client.HTTPConnection):
    """HTTP over the daemon's socket."""

    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


class Transport(xmlrpc.client.Transport):
    """One connection for each call, as the usual clients have."""

    def __init__(self, path):
        super().__init__()
        self.path = path

    def make_connection(self, host):
        return Connection(self.path)

    def request(self, *args, **kwargs):
        try:
            return super().request(*args, **kwargs)
        finally:
            self.close()


PATH, CONFIGURATION, PART = sys.argv[1:]
PROXY = xmlrpc.client.ServerProxy("http://localhost", transport=Transport(PATH), allow_none=True)


def ask(method, *params):
    """The answer of a method, as one line of text."""
    try:
        return text(getattr(PROXY, method)(*params))
    except xmlrpc.client.Fault as fault:
        return f"fault {fault.faultCode} {fault.faultString}"
    except xmlrpc.client.ProtocolError as error:
        return f"HTTP {error.errcode}"


def text(value):
    """A value as text, without what differs from run to run."""
    if isinstance(value, dict):
        members = (f"{name}: {text(without_readings(name, value[name]))}" for name in sorted(value))
        return "{" + ", ".join(members) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(text(item) for item in value) + "]"
    if isinstance(value, xmlrpc.client.Binary):
        return f"base64 {value.data!r}"
    if isinstance(value, xmlrpc.client.DateTime):
        return f"date {value}"
    return repr(value)


def without_readings(name, value):
    if name in ("pid", "start", "stop", "now") and isinstance(value, int) and value > 0:
        return f"<{name}>"
    if name == "description" and value.startswith("pid "):
        return "pid <pid>, uptime <uptime>"
    if name == "description" and value.endswith((" AM", " PM")):
        return "<date>"
    return value


def shown(params):
    return ", ".join(text(param) for param in params)


def show(method, *params, differs=None):
    """Prints the answer of a method. `differs` names an entry and what both daemons must answer."""
    print_answer(f"{method}({shown(params)})", ask(method, *params), differs)


def print_answer(call, answer, differs=None):
    fields = [call, answer, *(differs or [])]
    print("\t".join(field.replace("\t", "\\t").replace("\n", "\\n") for field in fields))


def show_sorted(method, *params):
    """The same for batches, whose elements come as processes finish."""
    batch = getattr(PROXY, method)(*params)
    lines = sorted(text(element) for element in batch)
    print_answer(f"{method}({shown(params)})", "[" + ", ".join(lines) + "]")


def await_state(process, statename):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while PROXY.supervisor.getProcessInfo(process)["statename"] != statename:
        if time.monotonic() > deadline:
            sys.exit(f"{process} does not become {statename}")
        time.sleep(0.02)


def await_log(process, channel, expected):
    deadline = time.monotonic() + PATIENCE_SECONDS
    read = getattr(PROXY, f"supervisor.readProcess{channel}Log")
    while expected not in read(process, 0, 0):
        if time.monotonic() > deadline:
            sys.exit(f"{expected!r} does not appear in the log of {process}")
        time.sleep(0.02)


def settle():
    """Waits until every program is what it will be."""
    for process in ("cat", "talk", "mute", "many:many_0", "many:many_1", "web"):
        await_state(process, "RUNNING")
    await_state("gone", "EXITED")
    await_state("lost", "FATAL")
    await_state("slow", "STARTING")
    await_log("talk", "Stdout", "0123456789\n")
    await_log("talk", "Stderr", "err\n")


def about_methods():
    settle()
    methods = PROXY.system.listMethods()
    show("system.listMethods")
    for method in methods:
        show("system.methodSignature", method)
        # Each has a text in words of its own.
        help_text = PROXY.system.methodHelp(method)
        tags = [line.split()[1:3] for line in help_text.splitlines() if line.strip().startswith("@")]
        print_answer(f"tags of the help for {method}", text([tag[0] for tag in tags]))
    for name in ("nosuch", "supervisor", "supervisor.nosuch", ""):
        show("system.methodSignature", name)
        show("system.methodHelp", name)
    for name in ("nosuch", "supervisor.nosuch", "nosuch.getState", "supervisor", "supervisor._update", "system._x"):
        show(name)
    for name in ("supervisor.supervisord.options", "supervisor.getState.x", "system.namespaces", "SYSTEM.listMethods"):
        show(name)


def wrong_numbers():
    """Too many parameters for every method, and too few for those that need any."""
    methods = PROXY.system.listMethods()
    optional = {"startProcess", "stopProcess", "startProcessGroup", "stopProcessGroup"}
    optional |= {"startAllProcesses", "stopAllProcesses"}
    for method in methods:
        count = len(PROXY.system.methodSignature(method)) - 1
        show(method, *["x"] * (count + 1))
        show(method, *["x"] * (count + TOO_MANY_OF_ANY))
        needed = count - (method.split(".")[1] in optional)
        for fewer in range(needed):
            show(method, *["x"] * fewer)


# Values of all types but text, and how the reference prints them.
WRONG = (
    (18, "18"),
    (18.5, "18.5"),
    (True, "True"),
    (None, None),
    ([], "[]"),
    ({}, "{}"),
    (xmlrpc.client.DateTime("20260101T00:00:00"), "2026-01-01 00:00:00"),
)


def wrong_types():
    for wrong, printed in WRONG:
        wrong_names(wrong, printed)
        wrong_numbers_and_texts(wrong, printed)
        wrong_calls(wrong)


def wrong_names(wrong, printed):
    def differs(reference):
        return ("parameter-types", reference, INCORRECT)

    crash = differs(HTTP_500)
    for method in ("startProcess", "stopProcess", "getProcessInfo", "clearProcessLogs"):
        show(f"supervisor.{method}", wrong, differs=crash)
    for method in ("readProcessStdoutLog", "readProcessStderrLog", "tailProcessStdoutLog", "tailProcessStderrLog"):
        show(f"supervisor.{method}", wrong, 0, 1, differs=crash)
    show("supervisor.signalProcess", wrong, "CONT", differs=crash)
    show("supervisor.sendProcessStdin", wrong, "x", differs=crash)
    unknown = differs("fault 10 BAD_NAME" + ("" if printed is None else f": {printed}"))
    show("supervisor.addProcessGroup", wrong, differs=unknown)
    # What cannot be a key is a fault in the reference as well.
    unknown = None if wrong in ([], {}) else unknown
    for method in ("startProcessGroup", "stopProcessGroup", "removeProcessGroup"):
        show(f"supervisor.{method}", wrong, differs=unknown)
    show("supervisor.signalProcessGroup", wrong, "CONT", differs=unknown)
    for method in ("methodHelp", "methodSignature"):
        show(f"system.{method}", wrong, differs=differs("fault 4 SIGNATURE_UNSUPPORTED"))


def wrong_numbers_and_texts(wrong, printed):
    answer = ask("supervisor.readLog", wrong, 10 ** 9)
    print_answer(f"readLog({text(wrong)}, 10 ** 9)", "a text" if answer.startswith(("'", '"')) else answer)
    show("supervisor.readLog", 10 ** 9, wrong)
    for kind in ("readProcessStdoutLog", "tailProcessStdoutLog"):
        show(f"supervisor.{kind}", "talk", wrong, 1)
        show(f"supervisor.{kind}", "talk", 0, wrong)
    is_scalar = wrong is None or isinstance(wrong, (int, float))
    if is_scalar:
        show("supervisor.sendProcessStdin", "cat", wrong)
    else:
        shows = f"{INCORRECT}: {printed}"
        show("supervisor.sendProcessStdin", "cat", wrong, differs=("parameter-types", shows, INCORRECT))
    for params in (("type", wrong), (wrong, "data")):
        differs = None if is_scalar else ("parameter-types", "True", INCORRECT)
        show("supervisor.sendRemoteCommEvent", *params, differs=differs)
    if wrong is True:
        return  # It is the number of a signal that ends programs.
    differs = None if isinstance(wrong, (int, float)) else ("parameter-types", HTTP_500, INCORRECT)
    show("supervisor.signalProcess", "cat", wrong, differs=differs)


def wrong_calls(wrong):
    def differs(reference):
        return ("multicall-elements", reference, f"[{{faultCode: 2, faultString: 'INCORRECT_PARAMETERS'}}]")

    show("system.multicall", wrong)
    if wrong != {}:
        show("system.multicall", [wrong], differs=differs(HTTP_500))
    # The reference tells which Python class lacks what.
    answer = ask("system.multicall", [{"methodName": wrong}]).split(":'")[0]
    crash = None if wrong is None else differs("[{faultCode: 30, faultString: \"FAILED: <class 'AttributeError'>")
    print_answer(f"multicall of a method called {text(wrong)}", answer, crash)
    obeys = differs("[{statecode: 1, statename: 'RUNNING'}]") if wrong == {} else None
    show("system.multicall", [{"methodName": "supervisor.getState", "params": wrong}], differs=obeys)


def about_the_daemon():
    for method in ("getAPIVersion", "getVersion", "getSupervisorVersion", "getIdentification", "getState"):
        show(f"supervisor.{method}")
    print_answer("supervisor.getPID()", str(PROXY.supervisor.getPID() > 0))
    for offset, length in ((0, 10), (0, -1), (-1, 1), (10 ** 9, 5), (10 ** 9, 0)):
        for method in ("readLog", "readMainLog"):
            answer = ask(f"supervisor.{method}", offset, length)
            # It begins with the time.
            print_answer(f"{method}({offset}, {length})", answer if "fault" in answer else str(len(answer)))


def show_all_config_info():
    infos = PROXY.supervisor.getAllConfigInfo()
    restarts = {str(info.pop("autorestart", None)) for info in infos}
    differs = ("autorestart-in-config-info", "None", "False, unexpected")
    print_answer("autorestart in getAllConfigInfo", ", ".join(sorted(restarts)), differs)
    print_answer("supervisor.getAllConfigInfo()", text(infos))


def about_processes():
    show("supervisor.getAllProcessInfo")
    show_all_config_info()
    for name in NAMES:
        show("supervisor.getProcessInfo", name)


NAMES = ("cat", "many:many_0", "gone", "lost", "slow", "many", "many:*", "many:", ":", "", "nosuch", "nogroup:*")
NAMES += ("many:nosuch", "cat:cat", "CAT", "cat ", "*", "all", "\u00fc<&>")


def logs():
    ranges = ((0, 0), (0, 3), (3, 0), (5, 100), (100, 0), (100, 3), (-3, 0), (-100, 0), (-3, 2), (0, -1), ("2", "3"))
    ranges += ((2.9, 3.9), (True, True), ("x", 1), (0, ""), (2 ** 31 - 1, 1), (-(2 ** 31), 0))
    for kind in ("readProcessStdoutLog", "readProcessLog", "tailProcessStdoutLog", "tailProcessLog"):
        for offset, length in ranges:
            is_number = all(not isinstance(number, str) or number.isdigit() for number in (offset, length))
            differs = None if is_number else ("parameter-types", HTTP_500, INCORRECT)
            show(f"supervisor.{kind}", "talk", offset, length, differs=differs)
    for kind in ("readProcessStderrLog", "tailProcessStderrLog"):
        show(f"supervisor.{kind}", "talk", 0, 100)
    for kind in ("readProcessStdoutLog", "readProcessStderrLog", "tailProcessStdoutLog", "tailProcessStderrLog"):
        for name in ("mute", "lost", *NAMES[5:]):
            show(f"supervisor.{kind}", name, 0, 100)


def starting():
    for name in NAMES:
        if name not in ("gone", "many:*", "many:"):
            show("supervisor.startProcess", name)
    for name in ("missing", "quotes", "folder", "empty", "hasty"):
        show("supervisor.startProcess", name)
        if name == "hasty":
            await_state(name, "FATAL")
        show("supervisor.startProcess", name, False)
    await_state("hasty", "FATAL")
    for name in NAMES[5:]:
        show("supervisor.startProcessGroup", name)
    show("supervisor.startProcess", "idle", False)
    await_state("idle", "RUNNING")
    show("supervisor.startProcess", "idle", "")
    show("supervisor.startProcess", "many:*")
    show("supervisor.startProcess", "many:*", False)
    show("supervisor.startProcessGroup", "cat", True)
    show("supervisor.startProcessGroup", "missing")
    show("supervisor.startProcessGroup", "broken", False)


def stopping():
    for name in NAMES:
        show("supervisor.stopProcess", name) if name not in ("many:*", "many:", "cat:cat") else None
    show("supervisor.stopProcess", "idle", False)
    await_state("idle", "STOPPED")
    show("supervisor.stopProcess", "idle", False)
    show("supervisor.stopProcess", "slow")
    for name in NAMES[5:]:
        show("supervisor.stopProcessGroup", name) if name != "many" else None
    show_sorted("supervisor.stopProcess", "many:*")
    show("supervisor.stopProcess", "many:*")
    show_sorted("supervisor.startProcessGroup", "many")
    show("supervisor.startProcessGroup", "many")
    show_sorted("supervisor.stopProcessGroup", "many", True)
    show_sorted("supervisor.startProcess", "many:")
    show_sorted("supervisor.stopProcessGroup", "many", False)
    for process in ("many:many_0", "many:many_1"):
        await_state(process, "STOPPED")
    show_sorted("supervisor.startProcess", "many:*", False)
    for process in ("many:many_0", "many:many_1"):
        await_state(process, "RUNNING")
    show("supervisor.startProcess", "cat")


def signalling():
    for signal in ("CONT", "cont", "SIGCONT", " SIGCONT ", "18", 18, "0", 0, "SIG", "NOPE", "999", 999, -1, "", "1.0", 18.0):
        show("supervisor.signalProcess", "cat", signal)
    for name in NAMES[1:]:
        show("supervisor.signalProcess", name, "CONT") if name not in ("many:*", "many:") else None
    show("supervisor.signalProcess", "nosuch", "NOPE")
    show("supervisor.signalProcess", "gone", "NOPE")
    show_sorted("supervisor.signalProcess", "many:*", "CONT")
    show_sorted("supervisor.signalProcess", "many:", "NOPE")
    for name in NAMES[5:]:
        show("supervisor.signalProcessGroup", name, "CONT") if name != "many" else None
    show_sorted("supervisor.signalProcessGroup", "many", "CONT")
    show_sorted("supervisor.signalProcessGroup", "many", "NOPE")
    show_sorted("supervisor.signalAllProcesses", "CONT")
    show_sorted("supervisor.signalAllProcesses", "NOPE")


def talking():
    show("supervisor.sendProcessStdin", "talk", "more \u00fc\n")
    await_log("talk", "Stdout", "more \u00fc\n")
    show("supervisor.sendProcessStdin", "talk", xmlrpc.client.Binary(b"bytes\n"))
    await_log("talk", "Stdout", "bytes\n")
    for name in ("gone", "lost", *NAMES[5:]):
        show("supervisor.sendProcessStdin", name, "x")
    show("supervisor.sendProcessStdin", "web", "x")
    show("supervisor.sendProcessStdin", "nosuch", 7)
    show("supervisor.sendRemoteCommEvent", "type", "data")


def clearing():
    for method in ("clearProcessLogs", "clearProcessLog"):
        for name in ("talk", "mute", "cat", *NAMES[5:]):
            show(f"supervisor.{method}", name)
    show("supervisor.readProcessStdoutLog", "talk", 0, 0)
    show("supervisor.tailProcessStdoutLog", "talk", 0, 10)
    show("supervisor.clearAllProcessLogs")
    show("supervisor.clearLog")


def configuration():
    show("supervisor.reloadConfig")
    for name in ("cat", *NAMES[5:]):
        if name != "many":
            show("supervisor.addProcessGroup", name)
            show("supervisor.removeProcessGroup", name)
    show("supervisor.removeProcessGroup", "slow")
    show("supervisor.getProcessInfo", "slow")
    show_all_config_info()
    show("supervisor.addProcessGroup", "slow")
    show("supervisor.addProcessGroup", "slow")
    await_state("slow", "STARTING")
    show("supervisor.getProcessInfo", "slow")
    with open(CONFIGURATION, encoding="utf-8") as file:
        content = file.read()
    with open(CONFIGURATION, "w", encoding="utf-8") as file:
        file.write(content.replace("[program:idle]", "[program:fresh]").replace("startsecs=600", "startsecs=601"))
    show("supervisor.addProcessGroup", "fresh")
    show("supervisor.reloadConfig")
    show("supervisor.reloadConfig")
    show("supervisor.addProcessGroup", "fresh")
    show("supervisor.removeProcessGroup", "idle")
    show("supervisor.addProcessGroup", "idle")
    with open(CONFIGURATION, "w", encoding="utf-8") as file:
        file.write(content.replace("startsecs=600", "startsecs=soon"))
    show("supervisor.reloadConfig")
    show_all_config_info()


def multicalls():
    def call(method, *params):
        return {"methodName": method, "params": list(params)}

    show("system.multicall", [])
    show("system.multicall", [call("supervisor.getAPIVersion"), call("supervisor.getState"), call("system.nosuch")])
    show("system.multicall", [call("supervisor.stopProcess", "cat"), call("supervisor.stopProcess", "cat")])
    show("system.multicall", [call("supervisor.startProcess", "cat"), call("supervisor.startProcess", "cat")])
    show("system.multicall", [call("supervisor.getProcessInfo"), call("supervisor.getProcessInfo", "nosuch")])
    show("system.multicall", [call("supervisor.readProcessStdoutLog", "talk", -3, 2), call("system.multicall", [])])
    show("system.multicall", [{"methodName": "supervisor.getVersion"}, {"params": []}, {}, {"methodName": ""}])
    show("system.multicall", [call("system.methodSignature", "supervisor.getState"), call("system.methodHelp", "x")])


def on_the_way_out():
    show("supervisor.startProcess", "stubborn")
    await_log("stubborn", "Stdout", "ready")
    show("supervisor.shutdown")
    for method in ("getState", "getAPIVersion", "getAllProcessInfo", "shutdown", "restart", "reloadConfig"):
        show(f"supervisor.{method}")
    show("supervisor.startProcess", "cat")
    show("supervisor.readLog", 0, 1)
    show("supervisor.sendRemoteCommEvent", "type", "data")
    show("system.methodSignature", "supervisor.getState")
    show("system.multicall", [{"methodName": "supervisor.getState", "params": []}])


PARTS = {
    "methods": about_methods,
    "wrong-numbers": wrong_numbers,
    "wrong-types": wrong_types,
    "daemon": about_the_daemon,
    "processes": about_processes,
    "logs": logs,
    "starting": starting,
    "stopping": stopping,
    "signalling": signalling,
    "talking": talking,
    "clearing": clearing,
    "configuration": configuration,
    "multicalls": multicalls,
    "on-the-way-out": on_the_way_out,
}

PARTS[PART]()

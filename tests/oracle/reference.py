"""Asks the reference what it understands of a configuration.

Reads requests from standard input, one JSON object a line, and answers each with one line:

    {"status": 0, "understood": {...}, "took": seconds}   the configuration as the reference holds it
    {"status": 2, "message": "..."}                       what it says before it exits
    {"status": 1, "crash": "TypeError: ..."}              it would end with a traceback

A request describes the machine too: environment, users, groups, directories that count as existing. They
replace what the interpreter would find out by itself, so that both sides read on the same machine.
"""

import grp
import io
import json
import os
import platform
import pwd
import signal
import sys
import tempfile
import time

from supervisor import datatypes, events, loggers, options

SECONDS_PER_CONFIGURATION = 60


class Ended(Exception):
    """Stands for the end of the process."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status or 0


def end(status=0):
    raise Ended(status)


class Warnings:
    def __init__(self):
        self.texts = []

    def warn(self, text):
        self.texts.append(text)


class Machine:
    """What the reference can see of the machine, in place of the real one."""

    def __init__(self, request):
        self.uid = request["uid"]
        self.hostname = request["hostname"]
        self.users = request["users"]
        self.groups = request["groups"]
        self.directories = set(request["directories"])

    def user(self, place, key):
        for user in self.users:
            if user[place] == key:
                name, uid, gid, home = user
                return pwd.struct_passwd((name, "x", uid, gid, "", home, "/bin/sh"))
        raise KeyError(key)

    def group(self, place, key):
        for group in self.groups:
            if group[place] == key:
                name, gid = group
                return grp.struct_group((name, "x", gid, []))
        raise KeyError(key)

    def declares(self, path):
        return bool(path) and os.path.abspath(path) in self.directories


MACHINE = None
REAL = {name: getattr(os.path, name) for name in ("exists", "isdir", "lexists")}


def refuse_nul(name):
    if "\0" in name:
        raise ValueError("embedded null byte")
    return name


def patch_the_machine():
    pwd.getpwnam = lambda name: MACHINE.user(0, refuse_nul(name))
    pwd.getpwuid = lambda uid: MACHINE.user(1, uid)
    grp.getgrnam = lambda name: MACHINE.group(0, refuse_nul(name))
    grp.getgrgid = lambda gid: MACHINE.group(1, gid)
    os.getuid = lambda: MACHINE.uid
    platform.node = lambda: MACHINE.hostname
    for name, real in REAL.items():
        setattr(os.path, name, lambda path, real=real: real(path) or MACHINE.declares(path))


def enter(request):
    global MACHINE
    MACHINE = Machine(request)
    os.chdir(request["directory"])
    os.environ.clear()
    os.environ.update(request["environment"])
    tempfile.tempdir = None
    sys.argv[:] = [request["program"]]


def number(value):
    """JSON's numbers end where those of most readers do."""
    return value if value is None or -(2**63) <= value < 2**63 else str(value)


def pairs(mapping):
    return [[key, value] for key, value in mapping.items()]


def level(value):
    names = {getattr(loggers.LevelsByName, name): name for name in ("CRIT", "ERRO", "WARN", "INFO", "DEBG", "TRAC", "BLAT")}
    return names[value]


def owner(pair):
    return None if pair is None else [None if part == -1 else part for part in pair]


def profile(value):
    return None if value is None else {"order": value[0], "callers": value[1]}


def settings(opts):
    return {
        "minfds": number(opts.minfds),
        "minprocs": number(opts.minprocs),
        "directory": opts.directory,
        "user": None if opts.user is None else [opts.uid, opts.gid],
        "umask": number(opts.umask),
        "logfile": opts.logfile,
        "logfile_maxbytes": number(opts.logfile_maxbytes),
        "logfile_backups": number(opts.logfile_backups),
        "loglevel": level(opts.loglevel),
        "pidfile": opts.pidfile,
        "identifier": opts.identifier,
        "nodaemon": bool(opts.nodaemon),
        "silent": bool(opts.silent),
        "childlogdir": os.path.abspath(opts.childlogdir),
        "nocleanup": bool(opts.nocleanup),
        "strip_ansi": bool(opts.strip_ansi),
        "environment": pairs(opts.configroot.supervisord.environment),
        "profile_options": profile(opts.profile_options),
    }


def server(config):
    told = {"section": config["section"], "username": config["username"], "password": config["password"]}
    if "file" in config:
        told.update(file=config["file"], chmod=number(config["chmod"]), chown=owner(config["chown"]))
    else:
        told.update(host=config["host"], port=config["port"])
    return told


def callable_name(function):
    return "%s:%s" % (function.__module__, function.__qualname__)


def plugin(spec):
    name, factory, extras = spec
    return {"name": name, "factory": callable_name(factory), "options": pairs(extras)}


def log_target(value):
    if value is datatypes.Automatic:
        return "AUTO"
    return ["file", value] if value else "NONE"


def channel(config, name):
    part = lambda key: getattr(config, name + "_" + key)
    return {
        "logfile": log_target(part("logfile")),
        "maxbytes": number(part("logfile_maxbytes")),
        "backups": number(part("logfile_backups")),
        "capture_maxbytes": number(part("capture_maxbytes")),
        "events_enabled": part("events_enabled"),
        "syslog": part("syslog"),
    }


AUTORESTART = {
    datatypes.RestartUnconditionally: "true",
    datatypes.RestartWhenExitUnexpected: "unexpected",
    False: "false",
}


def process(config):
    return {
        "name": config.name,
        "command": config.command,
        "directory": config.directory,
        "user": config.uid,
        "umask": number(config.umask),
        "priority": number(config.priority),
        "autostart": config.autostart,
        "autorestart": AUTORESTART[config.autorestart],
        "startsecs": number(config.startsecs),
        "startretries": number(config.startretries),
        "stopsignal": int(config.stopsignal),
        "stopwaitsecs": number(config.stopwaitsecs),
        "stopasgroup": config.stopasgroup,
        "killasgroup": config.killasgroup,
        "exitcodes": config.exitcodes,
        "redirect_stderr": config.redirect_stderr,
        "stdout": channel(config, "stdout"),
        "stderr": channel(config, "stderr"),
        "environment": pairs(config.environment),
        "serverurl": config.serverurl,
    }


def socket(config):
    told = {"url": config.url, "backlog": config.backlog}
    if isinstance(config, datatypes.UnixStreamSocketConfig):
        told.update(owner=owner(config.owner), mode=number(config.mode))
    return told


EVENT_NAMES = {kind: name for name, kind in vars(events.EventTypes).items() if isinstance(kind, type)}


def group(config):
    told = {
        "name": config.name,
        "priority": number(config.priority),
        "kind": "programs",
        "processes": [process(each) for each in config.process_configs],
    }
    if isinstance(config, options.EventListenerPoolConfig):
        told.update(
            kind="eventlistener",
            buffer_size=number(config.buffer_size),
            events=sorted(EVENT_NAMES[kind] for kind in config.pool_events),
            result_handler=callable_name(config.result_handler),
        )
    elif isinstance(config, options.FastCGIGroupConfig):
        told.update(kind="fcgi", socket=socket(config.socket_config))
    return told


def daemon(opts):
    return {
        "path": os.path.abspath(opts.configfile),
        "settings": settings(opts),
        "servers": [server(config) for config in opts.server_configs],
        "server_url": opts.serverurl,
        "interfaces": [plugin(spec) for spec in opts.rpcinterface_factories],
        "groups": [group(config) for config in opts.process_group_configs],
        "warnings": opts.parse_warnings,
        "infos": opts.parse_infos,
        "root_without_configuration": bool(opts.warnings.texts),
    }


def client(opts):
    return {
        "serverurl": opts.serverurl,
        "username": opts.username,
        "password": opts.password,
        "prompt": opts.prompt,
        "history_file": opts.history_file,
        "interactive": bool(opts.interactive),
        "action": " ".join(opts.args) if opts.args else None,
        "plugins": [spec[0] for spec in opts.plugin_factories[1:]],
    }


FACES = {"daemon": (options.ServerOptions, daemon), "client": (options.ClientOptions, client)}


def understand(request):
    enter(request)
    make, tell = FACES[request["face"]]
    stdout, stderr = io.StringIO(), io.StringIO()
    try:
        began = time.perf_counter()
        opts = make()
        opts.stdout, opts.stderr, opts.exit = stdout, stderr, end
        opts.warnings = Warnings()
        opts.realize(request["arguments"], doc="", progname=request["program"])
        took = time.perf_counter() - began
        return {"status": 0, "understood": tell(opts), "took": took}
    except Ended as ended:
        said = stderr.getvalue() if ended.status else ""
        return {"status": ended.status, "message": said}
    except Exception as error:
        return {"status": 1, "crash": "%s: %s" % (type(error).__name__, error)}


def main():
    patch_the_machine()
    for line in sys.stdin.buffer:
        signal.alarm(SECONDS_PER_CONFIGURATION)
        answer = json.dumps(understand(json.loads(line)))
        signal.alarm(0)
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

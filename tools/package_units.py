"""Starts the services of units without systemd, as they say: user, capabilities, variables, socket, credentials."""
import glob
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time

CREDENTIALS = "/run/credentials"


class Unit:
    """A unit below a root, as its lines and those of its drop-ins say it."""

    def __init__(self, root, name):
        text = ""
        drop_ins = glob.glob(f"etc/systemd/system/{name}.d/*.conf", root_dir=root.path)
        for path in [f"lib/systemd/system/{name}", *sorted(drop_ins)]:
            with open(root(path), encoding="utf-8") as file:
                text += file.read().replace("\\\n", " ")
        self.name = name
        self.settings = re.findall(r"^(\w+)=(.*)$", text, re.M)

    def all(self, key):
        return [value for name, value in self.settings if name == key]

    def one(self, key, default=None):
        return next(iter(self.all(key)), default)


class Services:
    """The services that were started in a root."""

    def __init__(self, root):
        self.root = root
        self.sockets = set()
        self.running = {}

    def enable(self, names):
        """`systemctl enable --now`; a timer has its service run once. Returns the status of each run."""
        statuses = {}
        for name in names:
            if name.endswith(".socket"):
                self.sockets.add(name)
            elif name.endswith(".timer"):
                name = name.replace(".timer", ".service")
                statuses[name] = self.run(name)
            else:
                self.start(name)
        return statuses

    def variables(self, unit):
        """The variables of EnvironmentFile and Environment."""
        found = {}
        for path in unit.all("EnvironmentFile"):
            with open(self.root(path), encoding="utf-8") as file:
                found |= dict(re.findall(r"^([A-Z_]+)=(.*)$", file.read(), re.M))
        for value in unit.all("Environment"):
            name, _, rest = value.partition("=")
            found[name] = rest
        folder = f"{CREDENTIALS}/{unit.name}"
        if unit.all("LoadCredential"):
            found["CREDENTIALS_DIRECTORY"] = folder
            self.load(unit, self.root(folder))
        return found

    def load(self, unit, folder):
        """The files of LoadCredential, for the service's user alone (systemd.exec(5))."""
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        owner = self.number(unit.one("User"))
        for value in unit.all("LoadCredential"):
            name, _, source = value.partition(":")
            shutil.copyfile(self.root(source), os.path.join(folder, name))
            os.chown(os.path.join(folder, name), owner, -1)
            os.chmod(os.path.join(folder, name), 0o400)
        os.chown(folder, owner, -1)
        os.chmod(folder, 0o500)

    def number(self, user):
        return int(self.root.check("id", "-u", user))

    def words(self, unit):
        """The command of ExecStart, with what comes before it."""
        variables = self.variables(unit)
        command = []
        for word in shlex.split(unit.one("ExecStart")):
            if re.fullmatch(r"\$[A-Z_]+", word):
                command += shlex.split(variables.get(word[1:], ""))
            else:
                command.append(re.sub(r"\$\{([A-Z_]+)\}", lambda found: variables.get(found[1], ""), word))
        before = ["setpriv", "--reuid", unit.one("User"), "--regid", unit.one("Group"), "--init-groups",
                  "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]
        shell = f"umask {unit.one('UMask', '0022')}; ulimit -c 0; exec \"$@\""
        keeps = [f"{name}={value}" for name, value in variables.items()]
        listens = unit.name.replace(".service", ".socket")
        if listens in self.sockets:
            # It waits for the first connection, and then becomes the service.
            listen = Unit(self.root, listens)
            before = ["systemd-socket-activate", "--listen", listen.one("ListenStream"),
                      *[f"--setenv={word}" for word in keeps], *before]
        return self.root.words("/bin/bash", "-c", shell, "bash", *before, *command, environment=keeps)

    def start(self, name):
        unit = Unit(self.root, name)
        log = open(self.root(f"root/{name}.log"), "ab")
        listens = name.replace(".service", ".socket")
        if listens in self.sockets:
            self.prepare(Unit(self.root, listens))
        self.running[name] = subprocess.Popen(self.words(unit), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if listens in self.sockets:
            self.give(Unit(self.root, listens))

    def prepare(self, listen):
        os.makedirs(os.path.dirname(self.root(listen.one("ListenStream"))), mode=0o755, exist_ok=True)
        if os.path.exists(self.root(listen.one("ListenStream"))):
            os.remove(self.root(listen.one("ListenStream")))

    def give(self, listen):
        """The owner and mode of a socket, once it is there."""
        path = self.root(listen.one("ListenStream"))
        wait(lambda: os.path.exists(path), f"the socket {path}")
        self.root.check("chown", f"{listen.one('SocketUser')}:{listen.one('SocketGroup')}", listen.one("ListenStream"))
        os.chmod(path, int(listen.one("SocketMode"), 8))
        with socket.socket(socket.AF_UNIX) as first:
            first.connect(path)

    def run(self, name):
        """Runs a service that ends by itself; returns its status."""
        unit = Unit(self.root, name)
        with open(self.root(f"root/{name}.log"), "ab") as log:
            done = subprocess.run(self.words(unit), stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=300)
        return done.returncode

    def stop(self):
        """Ends every service as systemd does; each must end with 0."""
        for name, process in reversed(self.running.items()):
            process.terminate()
            try:
                status = process.wait(timeout=int(Unit(self.root, name).one("TimeoutStopSec", "90")))
            except subprocess.TimeoutExpired:
                sys.exit(f"package-test: error: {name} did not stop\n{self.log(name)}")
            if status != 0:
                sys.exit(f"package-test: error: {name} ended with {status}\n{self.log(name)}")
        self.running = {}

    def log(self, name):
        with open(self.root(f"root/{name}.log"), encoding="utf-8", errors="replace") as file:
            return file.read()[-4000:]


def wait(is_met, what, seconds=60):
    for _ in range(seconds * 20):
        if is_met():
            return
        time.sleep(0.05)
    sys.exit(f"package-test: error: after {seconds} seconds there is not {what}")

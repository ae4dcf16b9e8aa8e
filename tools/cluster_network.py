"""A network of its own for each member of a cluster test, so that one of them can be cut off.

As root, the whole test runs in namespaces of its own: each member has a network namespace that hangs on a bridge, and
every process ends with the test. Without that right all members share the loopback, and nobody can be cut off.
"""
import os
import pwd
import socket
import subprocess
import sys
import time

MARK = "SUISHEN_CLUSTER_WORLD"
WORLD = ["unshare", "--net", "--ipc", "--pid", "--fork", "--mount-proc", "--kill-child"]
BRIDGE = "10.77.0.1"


def enter_world():
    """Starts the program again in namespaces of its own, where this is allowed."""
    if os.geteuid() != 0 or os.environ.get(MARK):
        return
    trial = subprocess.run([*WORLD, "sh", "-c", "ip link set lo up && ip link add one type veth peer name two"],
                           capture_output=True)
    if trial.returncode == 0:
        os.environ[MARK] = "1"
        sys.stdout.flush()
        # The shell collects the orphans of killed servers, whose number would seem to be in use otherwise.
        os.execvp(WORLD[0], [*WORLD, "sh", "-c", '"$@"; exit $?', "sh", sys.executable, *sys.argv])


def run(*words):
    subprocess.run(words, check=True, capture_output=True)


def as_postgres(words):
    """The command as the user postgres, since PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return list(words)
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *words]


def give_to_postgres(path):
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(path, user.pw_uid, user.pw_gid)


class Member:
    """A machine of the test: an address, and a prefix for commands that run there."""

    def __init__(self, number, holder=None):
        self.number, self.holder = number, holder
        self.address = f"10.77.0.{10 + number}" if holder else "127.0.0.1"
        self.is_cut = False

    @property
    def prefix(self):
        return ["nsenter", "-t", str(self.holder.pid), "-n"] if self.holder else []

    def popen(self, words, **options):
        """Starts a process there; its id is that of the last program, since every step replaces itself."""
        return subprocess.Popen([*self.prefix, *words], **options)

    def port(self, wanted):
        """A port that is free there: the wanted one, unless others use the machine too."""
        if self.holder:
            return wanted
        with socket.socket() as free:
            free.bind((self.address, 0))
            return free.getsockname()[1]

    def cut(self):
        """Drops every packet from and to this member; nobody is told."""
        run("ip", "link", "set", f"member{self.number}", "down")
        self.is_cut = True

    def mend(self):
        if self.is_cut:
            run("ip", "link", "set", f"member{self.number}", "up")
            self.is_cut = False


class Network:
    def __init__(self):
        self.has_members = bool(os.environ.get(MARK))
        self.members = []
        self.address = BRIDGE if self.has_members else "127.0.0.1"
        if self.has_members:
            run("ip", "link", "set", "lo", "up")
            run("ip", "link", "add", "bridge", "type", "bridge")
            run("ip", "address", "add", f"{BRIDGE}/24", "dev", "bridge")
            run("ip", "link", "set", "bridge", "up")

    def member(self):
        """A new member."""
        number = len(self.members) + 1
        if not self.has_members:
            self.members.append(Member(number))
            return self.members[-1]
        holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        own = os.readlink("/proc/self/ns/net")
        for _ in range(1000):
            if os.readlink(f"/proc/{holder.pid}/ns/net") != own:
                break
            time.sleep(0.005)
        member = Member(number, holder)
        run("ip", "link", "add", f"member{number}", "type", "veth", "peer", "name", "net", "netns", str(holder.pid))
        run("ip", "link", "set", f"member{number}", "master", "bridge", "up")
        inside = ["nsenter", "-t", str(holder.pid), "-n", "ip"]
        run(*inside, "address", "add", f"{member.address}/24", "dev", "net")
        run(*inside, "link", "set", "net", "up")
        run(*inside, "link", "set", "lo", "up")
        self.members.append(member)
        return member

    def close(self):
        for member in self.members:
            if member.holder:
                member.holder.kill()
                member.holder.wait()

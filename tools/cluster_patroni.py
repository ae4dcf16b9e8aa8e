"""Three machines of a soak test, each with PostgreSQL under Patroni and with etcd."""
import json
import os
import signal
import subprocess
import sys
import sysconfig
import time

import psycopg2

import cluster_archive
import cluster_network
from cluster_postgres import ACCESS, PROGRAMS, Node, children_of, send, state_of
from cluster_referee import STREAMING

# The names of the recommended installation, with the times that were measured for it.
POLICY = {
    "ttl": 20, "loop_wait": 1, "retry_timeout": 3, "primary_start_timeout": 0, "maximum_lag_on_failover": 0,
    "synchronous_mode": "quorum", "synchronous_mode_strict": True,
    "postgresql": {"use_pg_rewind": True, "use_slots": True, "parameters": {
        "wal_keep_size": "512MB", "max_connections": 100, "max_wal_senders": 12, "max_replication_slots": 12,
        "wal_log_hints": "on", "shared_buffers": "48MB", "archive_mode": "on", "archive_timeout": 60,
        "archive_command": cluster_archive.COMMAND}},
}
START_SECONDS_MAX = 90
FAILOVER_SECONDS_MAX = 120
TRUST = ACCESS.splitlines()


class Machine(Node):
    """A machine with etcd, Patroni and the server that Patroni starts."""

    def __init__(self, number, folder, member):
        super().__init__(number, folder, member)
        self.number = number
        self.etcd = self.patroni = None

    @property
    def etcd_address(self):
        return f"{self.member.address}:{2379 + 10 * self.number}"

    @property
    def peer_address(self):
        return f"{self.member.address}:{2380 + 10 * self.number}"

    def configure(self, machines):
        """Writes Patroni's settings; JSON is YAML too."""
        rest = f"{self.member.address}:{8008 + self.number}"
        settings = {
            "scope": "suishen", "name": self.name,
            "restapi": {"listen": rest, "connect_address": rest},
            "etcd3": {"hosts": [machine.etcd_address for machine in machines]},
            "bootstrap": {"dcs": POLICY, "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"]},
            "postgresql": {
                "listen": f"{self.member.address}:{self.port}", "connect_address": f"{self.member.address}:{self.port}",
                "data_dir": self.data, "bin_dir": PROGRAMS, "pgpass": os.path.join(self.folder, f"{self.name}.pgpass"),
                "pg_hba": TRUST, "use_unix_socket": True, "use_unix_socket_repl": True,
                "authentication": {"superuser": {"username": "postgres"}, "replication": {"username": "follower"},
                                   "rewind": {"username": "rewinder"}},
                "parameters": {"unix_socket_directories": self.folder, "dynamic_shared_memory_type": "mmap",
                               "log_min_messages": "warning",
                               "log_line_prefix": "%m [%p] %a ", "synchronous_commit": "on"}},
        }
        with open(self.settings, "w", encoding="utf-8") as file:
            json.dump(settings, file, indent=1)

    @property
    def settings(self):
        return os.path.join(self.folder, f"{self.name}.yml")

    def start_etcd(self, machines):
        words = ["etcd", "--name", self.name, "--data-dir", os.path.join(self.folder, f"{self.name}.etcd"),
                 "--listen-client-urls", f"http://{self.etcd_address}",
                 "--advertise-client-urls", f"http://{self.etcd_address}",
                 "--listen-peer-urls", f"http://{self.peer_address}",
                 "--initial-advertise-peer-urls", f"http://{self.peer_address}", "--initial-cluster",
                 ",".join(f"{machine.name}=http://{machine.peer_address}" for machine in machines)]
        if not is_alive(self.etcd):
            with open(self.log + ".etcd", "ab") as log:
                self.etcd = self.member.popen(cluster_network.as_postgres(words), stdout=log, stderr=log, cwd="/")

    def start_patroni(self):
        """Starts Patroni by the system's Python, since the user postgres may not be able to enter another one's folder.

        Without -S the system's own packages would mix with those of .venv.
        """
        if is_alive(self.patroni):
            return
        environment = cluster_archive.environment(self) | {"PYTHONPATH": sysconfig.get_path("purelib")}
        with open(self.log + ".patroni", "ab") as log:
            words = cluster_network.as_postgres(["/usr/bin/python3", "-S", "-m", "patroni", self.settings])
            self.patroni = self.member.popen(words, stdout=log, stderr=log, env=environment, cwd="/")

    def processes(self):
        """The server's processes, the first one first."""
        try:
            with open(os.path.join(self.data, "postmaster.pid"), encoding="utf-8") as file:
                first = int(file.readline())
        except (OSError, ValueError):
            return []
        return [first, *children_of(first)] if state_of(first) else []

    @property
    def is_running(self):
        return bool(self.processes())

    def whole(self):
        """Every process of the machine."""
        return [one.pid for one in (self.patroni, self.etcd) if is_alive(one)] + self.processes()

    def kill_machine(self):
        send(self.whole(), signal.SIGKILL)
        self.kill()
        for process in (self.patroni, self.etcd):
            process.wait()

    def freeze_machine(self):
        """Stops everything but etcd.

        A leader of etcd 3.4, which Debian has, may end the leases of others when it wakes, and so take the place of the
        new primary from it.
        """
        send([self.patroni.pid, *self.processes()], signal.SIGSTOP)

    def thaw(self):
        send(reversed(self.whole()), signal.SIGCONT)

    def stop_server(self):
        """Ends the server in order, and leaves Patroni running."""
        self.program("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")

    def start_server(self):
        """Starts the server without Patroni; a restored folder has the settings of the machine that it comes from."""
        words = [f"{PROGRAMS}/pg_ctl", "-D", self.data, "-l", self.log, "-s", "-W", "-o",
                 f"-h {self.member.address} -p {self.port}", "start"]
        environment = cluster_archive.environment(self)
        if self.member.popen(cluster_network.as_postgres(words), env=environment, cwd="/").wait() != 0:
            raise RuntimeError(f"the server of {self.name} does not start")

    def is_primary(self):
        try:
            return not self.ask("SELECT pg_is_in_recovery()")[0][0]
        except psycopg2.Error:
            return False


def is_alive(process):
    return process is not None and process.poll() is None


class Patroni:
    """Stands in for the referee: it only looks who is primary, and starts what was killed."""

    def __init__(self, network, folder):
        self.folder = os.path.join(folder, "postgresql")
        os.mkdir(self.folder, 0o700)
        cluster_network.give_to_postgres(self.folder)
        self.nodes = [Machine(number, self.folder, network.member()) for number in range(3)]
        self.newest = self.nodes[0]
        self.archive = cluster_archive.Archive(self.folder, self.nodes)

    def make(self, user, database):
        for machine in self.nodes:
            machine.configure(self.nodes)
            machine.start_etcd(self.nodes)
        self.nodes[0].start_patroni()
        self.wait_for_primary()
        self.archive.begin(self.primary)
        for machine in self.nodes[1:]:
            machine.start_patroni()
        self.restart_standbys()
        self.primary.ask(f"CREATE ROLE {user} LOGIN")
        self.primary.ask(f"CREATE DATABASE {database} OWNER {user}")

    @property
    def primary(self):
        """The only server that takes writes; waits while there is none."""
        if not self.newest.is_primary():
            self.wait_for_primary()
        return self.newest

    @property
    def standbys(self):
        primary = self.primary
        return [machine for machine in self.nodes if machine is not primary]

    def wait_for_primary(self, other_than=None):
        end = time.monotonic() + FAILOVER_SECONDS_MAX
        while time.monotonic() < end:
            found = [machine for machine in self.nodes if machine is not other_than and machine.is_primary()]
            if len(found) == 1:
                self.newest = found[0]
                return
            time.sleep(0.2)
        raise RuntimeError(f"there is no new primary within {FAILOVER_SECONDS_MAX} s")

    def fail_over(self):
        """Kills the primary's server, and waits for what Patroni makes of it."""
        old = self.primary
        old.kill()
        self.wait_for_primary(old)

    def restart_standbys(self):
        """Starts what was killed, and returns once two standbys follow."""
        for machine in self.nodes:
            machine.member.mend()
            machine.thaw()
            machine.start_etcd(self.nodes)
            machine.start_patroni()
        end = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < end:
            try:
                if self.primary.ask(STREAMING)[0][0] >= 2:
                    return
            except psycopg2.Error:
                pass
            time.sleep(0.2)
        raise RuntimeError(f"no two standbys follow within {START_SECONDS_MAX} s")

    def control(self, *words):
        """Runs patronictl with a command's words; gives what it prints."""
        done = subprocess.run([os.path.join(os.path.dirname(sys.executable), "patronictl"), "-c",
                               self.nodes[0].settings, *words], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"patronictl {words[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def wait_for_leader(self, machine):
        """Returns once Patroni knows that this machine is the primary."""
        end = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < end:
            members = json.loads(self.control("list", "--format", "json"))
            if any(one["Member"] == machine.name and one["Role"] == "Leader" for one in members):
                return
            time.sleep(0.2)
        raise RuntimeError(f"Patroni does not see within {START_SECONDS_MAX} s that {machine.name} is the primary")

    def return_to(self, moment):
        """Returns all servers to an earlier moment, by the steps of Issuing's page on several daemons."""
        primary, (chosen, other) = self.primary, self.standbys
        self.archive.check(primary)
        self.control("pause", "--wait")
        # The primary last: while it is away, Patroni starts the servers of standbys that run anew, also in a pause.
        for machine in (chosen, other, primary):
            machine.stop_server()
        self.archive.restore(chosen, moment)
        chosen.start_server()
        self.wait_for_primary()
        self.wait_for_leader(chosen)
        self.control("reinit", "suishen", primary.name, other.name, "--force", "--from-leader", "--wait")
        self.control("resume", "--wait")
        self.restart_standbys()

    def close_waiting(self):
        """Closes the connections whose commits wait for a standby."""
        self.primary.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                         "WHERE wait_event = 'SyncRep' AND usename = 'suishen'")

    def close(self):
        for machine in self.nodes:
            send(machine.whole(), signal.SIGKILL)


def kill_host(cluster):
    """kill -9 of everything on the primary's machine"""
    old = cluster.referee.primary
    old.kill_machine()
    cluster.referee.wait_for_primary(old)


def freeze_host(cluster):
    """the primary and its Patroni stand still, and wake after the failover"""
    old = cluster.referee.primary
    old.freeze_machine()
    cluster.referee.wait_for_primary(old)


def cut_host(cluster):
    """the primary's machine is cut off, and comes back after the failover"""
    old = cluster.referee.primary
    old.member.cut()
    cluster.referee.wait_for_primary(old)


def kill_standby_host(cluster):
    """kill -9 of everything on a standby's machine"""
    cluster.draw.choice(cluster.referee.standbys).kill_machine()
    time.sleep(cluster.draw.uniform(2, 8))

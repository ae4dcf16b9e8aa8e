"""A PostgreSQL server of a cluster test: its folder, its processes, and questions to it."""
import glob
import os
import shutil
import signal
import subprocess
import time

import psycopg2

import cluster_network

PROGRAMS = "/usr/lib/postgresql/15/bin"
START_SECONDS_MAX = 60
NAMES = ("n1", "n2", "n3")
# A statement of the test itself must never wait for a standby that the test has stopped.
OWN_OPTIONS = "-c synchronous_commit=local -c statement_timeout=15000"
COMMON = {
    "listen_addresses": "*", "max_connections": "100", "shared_buffers": "48MB", "wal_level": "replica",
    "hot_standby": "on", "max_wal_senders": "12", "max_replication_slots": "12", "wal_keep_size": "512MB",
    "max_wal_size": "2GB", "wal_log_hints": "on", "wal_sender_timeout": "3s", "wal_receiver_timeout": "3s",
    "wal_retrieve_retry_interval": "200ms", "wal_receiver_status_interval": "1s", "fsync": "on",
    "full_page_writes": "on", "recovery_init_sync_method": "syncfs", "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %a ", "synchronous_commit": "on",
    "synchronous_standby_names": f"ANY 1 ({', '.join(NAMES)})", "autovacuum_naptime": "5s",
    # A killed server would leave another kind of shared memory behind.
    "dynamic_shared_memory_type": "mmap",
}
ACCESS = "".join(f"{how} trust\n" for how in ["local all all", "local replication all", "host all all 0.0.0.0/0",
                                              "host replication all 0.0.0.0/0"])


def state_of(process):
    """The letter of a process's state; None for one that is gone or only waits to be collected."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
            letter = file.read().rpartition(")")[2].split()[0]
        return None if letter in "ZX" else letter
    except (OSError, IndexError):
        return None


def children_of(process):
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if len(fields) > 1 and fields[1] == str(process) and fields[0] not in "ZX":
            found.append(int(path.split("/")[2]))
    return found


def send(processes, number):
    for process in processes:
        try:
            os.kill(process, number)
        except ProcessLookupError:
            pass


class Node:
    def __init__(self, number, folder, member):
        self.name, self.port, self.member = NAMES[number], member.port(5501 + number), member
        self.folder = folder
        self.data = os.path.join(folder, self.name)
        self.log = os.path.join(folder, f"{self.name}.log")
        self.process = None

    def program(self, name, *words, **options):
        """Runs one of PostgreSQL's programs, on this machine and not on the member."""
        done = subprocess.run(cluster_network.as_postgres([f"{PROGRAMS}/{name}", *words]), capture_output=True,
                              text=True, cwd="/", **options)
        if done.returncode != 0:
            raise RuntimeError(f"{name} on {self.name} ended with {done.returncode}: {done.stderr[-600:]}")
        return done.stdout

    def initialize(self):
        self.program("initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8",
                     "--no-instructions")

    def write_settings(self, upstream=None):
        """Writes the settings; `upstream` is the node that this one follows, or None for a primary."""
        values = COMMON | {"port": str(self.port), "unix_socket_directories": self.folder, "cluster_name": self.name}
        if upstream:
            values["primary_conninfo"] = (f"host={upstream.member.address} port={upstream.port} user=postgres "
                                          f"application_name={self.name} connect_timeout=2")
            values["primary_slot_name"] = self.name
        self.write("postgresql.auto.conf", "".join(f"{name} = '{value}'\n" for name, value in values.items()))
        self.write("pg_hba.conf", ACCESS)
        signal_file = os.path.join(self.data, "standby.signal")
        if upstream:
            self.write("standby.signal", "")
        elif os.path.exists(signal_file):
            os.unlink(signal_file)

    def write(self, name, text):
        path = os.path.join(self.data, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        cluster_network.give_to_postgres(path)
        os.chmod(path, 0o600)

    def drop_slots(self):
        """Forgets the slots of a former primary, before the server starts."""
        for path in glob.glob(os.path.join(self.data, "pg_replslot", "*")):
            shutil.rmtree(path)

    def start(self):
        """Starts the server, and returns once it answers."""
        end = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < end:
            if not self.is_running:
                with open(self.log, "ab") as log:
                    self.process = self.member.popen(
                        cluster_network.as_postgres([f"{PROGRAMS}/postgres", "-D", self.data]), stdout=log, stderr=log,
                        stdin=subprocess.DEVNULL, cwd="/")
            try:
                self.connect().close()
                return
            except psycopg2.OperationalError:
                time.sleep(0.05)
        with open(self.log, encoding="utf-8", errors="replace") as log:
            raise RuntimeError(f"{self.name} does not start: {log.read()[-800:]}")

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def processes(self):
        """The server's processes, the first one first."""
        return [self.process.pid, *children_of(self.process.pid)] if self.is_running else []

    def kill(self):
        """Kills every process of the server as a power failure would, and returns once all are gone."""
        processes = self.processes()
        send(processes[:1], signal.SIGSTOP)
        processes = self.processes() or processes
        send(processes, signal.SIGKILL)
        for process in processes:
            while state_of(process):
                time.sleep(0.005)
        if self.process:
            self.process.wait()

    def freeze(self):
        """Stops the server where it stands; the kernel still acknowledges what reaches it."""
        send(self.processes()[:1], signal.SIGSTOP)
        send(self.processes()[1:], signal.SIGSTOP)

    def thaw(self):
        send(reversed(self.processes()), signal.SIGCONT)

    def connect(self, database="postgres"):
        """A connection over the UNIX socket, which no cut of the network touches."""
        connection = psycopg2.connect(host=self.folder, port=self.port, user="postgres", dbname=database,
                                      options=OWN_OPTIONS, connect_timeout=5)
        connection.autocommit = True
        return connection

    def ask(self, statement, values=None, database="postgres"):
        """The rows of one statement."""
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

"""A whole cluster under test: servers, object storage, two daemons, six clients and a watcher."""
import random
import signal
import threading
import time

import cluster_certificates
import cluster_clients
import cluster_network
import cluster_records
import cluster_watcher
from cluster_daemons import DATABASE, DATABASE_USER, Daemon
from cluster_history import History
from cluster_storage import ObjectStorage

CLIENTS = 6
KINDS = ("person", "object", "code", "revocation", "event")
SETTLE_SECONDS_MAX = 300
END_SECONDS_MAX = 60


class Trouble(Exception):
    """Something that must hold does not, and the test cannot go on."""


class Cluster:
    """`make_referee(network, folder)` makes the servers and their referee."""

    def __init__(self, binaries, folder, draw, make_referee):
        self.binaries, self.folder, self.draw = binaries, folder, draw
        self.network = cluster_network.Network()
        self.storage = ObjectStorage(self.network, folder)
        self.referee = make_referee(self.network, folder)
        self.history = History()
        self.daemons = [Daemon(name, folder, binaries, self.network.member(), self.storage) for name in ("d1", "d2")]
        self.watcher = self.clients = None
        self.log_keys = {}

    def start(self):
        first, second = self.daemons
        self.referee.make(DATABASE_USER, DATABASE)
        first.initialize(self.referee.nodes, self.storage)
        cluster_records.install(self.referee.primary, DATABASE)
        authority = cluster_certificates.Authority(self.folder)
        first.listen(authority)
        first.start()
        first.wait_until_ready()
        second.join(first, authority, self.referee.nodes)
        second.start()
        second.wait_until_ready()
        self.log_keys = {log: first.get(f"/v1/log?log={log}")[1]["key"] for log in cluster_watcher.LOGS}
        self.watcher = cluster_watcher.Watcher(self.daemons, self.storage)
        self.watcher.start()
        self.clients = [cluster_clients.Client(self.daemons, self.daemons[number % 2], number >= CLIENTS // 2,
                                               self.history, type(self.draw)(self.draw.random()))
                        for number in range(CLIENTS)]
        for client in self.clients:
            client.start()

    def daemon(self, name):
        [found] = [daemon for daemon in self.daemons if daemon.name == name]
        return found

    def holder(self):
        """The daemon that took the lease last."""
        name, _ = cluster_records.holder(self.referee.primary, DATABASE)
        return self.daemon(name)

    def epoch(self):
        return cluster_records.holder(self.referee.primary, DATABASE)[1]

    def other(self, daemon):
        [found] = [one for one in self.daemons if one is not daemon]
        return found

    def burst_at(self, daemon):
        """Lets all clients append large batches, at one daemon or at both."""
        for client in self.clients:
            client.mode, client.target = "bursts", daemon
        self.go_on()

    def mix(self):
        """Lets all clients ask for everything, each at its daemon."""
        for client in self.clients:
            client.mode, client.target = "mixed", None

    def client(self, daemon, may_switch=False):
        """Another client of a daemon, for a caller that tells it what to ask for."""
        return cluster_clients.Client(self.daemons, daemon, may_switch, self.history, random.Random(0))

    def register_at(self, daemon, may_switch=False):
        """Sends a registration, which is repeated until it is answered; does not wait for that."""
        registrar = self.client(daemon, may_switch)
        threading.Thread(target=registrar.register_person, daemon=True).start()

    def rest(self):
        """Keeps clients from asking for more; requests under way go on."""
        for client in self.clients:
            client.may_begin.clear()

    def go_on(self):
        for client in self.clients:
            client.may_begin.set()

    def wait(self, condition, seconds, words):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return
            time.sleep(0.05)
        raise Trouble(f"{words} within {seconds} s")

    def mend(self):
        """Takes back every fault, and starts what was killed."""
        self.storage.clear()
        for daemon in self.daemons:
            daemon.member.mend()
            daemon.relay.send_signal(signal.SIGCONT)
            if daemon.is_wanted:
                daemon.thaw()
            else:
                daemon.start()
        self.referee.restart_standbys()
        self.mix()
        self.go_on()

    def settle(self):
        """Returns once every member works, and each daemon has acknowledged a change."""
        self.mend()
        for daemon in self.daemons:
            daemon.wait_until_ready(SETTLE_SECONDS_MAX)
        begin = time.monotonic()
        for daemon in self.daemons:
            self.wait(lambda name=daemon.name: self.history.last_by_daemon.get(name, 0) > begin, SETTLE_SECONDS_MAX,
                      f"{daemon.name} acknowledges no change")

    def end(self):
        """Ends clients, and returns once everything that they were promised is published."""
        for kind in KINDS:
            self.wait(lambda kind=kind: self.history.of(kind), SETTLE_SECONDS_MAX, f"no {kind} is ever acknowledged")
        for client in self.clients:
            client.deadline = time.monotonic() + END_SECONDS_MAX
            client.has_ended.set()
        for client in self.clients:
            client.join(END_SECONDS_MAX + cluster_clients.STAYING_SECONDS)
        for log in cluster_watcher.LOGS:
            self.wait(lambda log=log: self.is_published(log), END_SECONDS_MAX,
                      f"the log {log} is not published to its end")
        self.watcher.stop()

    def is_published(self, log):
        size = self.referee.primary.ask(f"SELECT count(*) FROM {log}_entries", database=DATABASE)[0][0]
        return all(self.watcher.newest_size(place, log) >= size
                   for place in ("the bucket", *(daemon.name for daemon in self.daemons)))

    def close(self):
        """Ends every process that is left."""
        if self.watcher:
            self.watcher.has_ended.set()
        for daemon in self.daemons:
            daemon.close()
        self.referee.close()
        self.storage.close()
        self.network.close()

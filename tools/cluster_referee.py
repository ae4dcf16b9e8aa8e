"""The referee of a cluster test: it makes three servers, fences a primary, promotes a standby and rewires the rest."""
import os
import shutil
import signal
import time

import psycopg2

import cluster_network
from cluster_postgres import Node, send

POSITION = """
    SELECT greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0'::pg_lsn,
        pg_last_wal_replay_lsn() - '0/0'::pg_lsn, (SELECT count(*) FROM pg_stat_wal_receiver)
"""
STREAMING = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'quorum'"


class Referee:
    def __init__(self, network, folder, draw):
        self.draw = draw
        self.folder = os.path.join(folder, "postgresql")
        os.mkdir(self.folder, 0o700)
        cluster_network.give_to_postgres(self.folder)
        self.nodes = [Node(number, self.folder, network.member()) for number in range(3)]
        self.primary = self.nodes[0]

    @property
    def standbys(self):
        return [node for node in self.nodes if node is not self.primary]

    def make(self, user, database):
        """Makes the servers, and an empty database that belongs to `user`."""
        self.primary.initialize()
        self.primary.write_settings()
        self.primary.start()
        self.primary.ask(f"CREATE ROLE {user} LOGIN")
        self.primary.ask(f"CREATE DATABASE {database} OWNER {user}")
        self.make_slots()
        for node in self.standbys:
            self.copy(node)
        self.wait_for_standbys()

    def make_slots(self):
        for node in self.standbys:
            self.primary.ask("SELECT pg_create_physical_replication_slot(%s, true) WHERE NOT EXISTS (SELECT 1 FROM "
                             "pg_replication_slots WHERE slot_name = %s)", (node.name, node.name))

    def copy(self, node):
        """Makes a node a standby by a new base backup."""
        shutil.rmtree(node.data, ignore_errors=True)
        node.program("pg_basebackup", "-h", self.folder, "-p", str(self.primary.port), "-U", "postgres",
                     "-D", node.data, "-X", "stream", "-c", "fast")
        node.write_settings(self.primary)
        node.start()

    def rejoin(self, node):
        """Makes a killed former primary a standby: by pg_rewind or by a new copy, as the seed says."""
        if self.draw.random() < 0.5:
            return self.copy(node)
        # The new timeline must stand in the control file before pg_rewind reads it.
        self.primary.ask("CHECKPOINT")
        try:
            node.program("pg_rewind", "-D", node.data, "--source-server",
                         f"host={self.folder} port={self.primary.port} user=postgres dbname=postgres "
                         "options='-c synchronous_commit=local'")
        except RuntimeError:
            return self.copy(node)
        node.write_settings(self.primary)
        node.drop_slots()
        return node.start()

    def wait_for_standbys(self, count=2, seconds=30):
        """Returns once so many standbys follow; an error when they do not."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.primary.ask(STREAMING)[0][0] >= count:
                return
            time.sleep(0.05)
        raise RuntimeError(f"only {self.primary.ask(STREAMING)[0][0]} standbys follow {self.primary.name}")

    def fail_over(self):
        """Fences the primary and promotes the standby that has received most.

        Both standbys are asked: an acknowledged commit is at one of them, and nobody knows at which one.
        """
        old = self.primary
        old.kill()
        old.member.mend()
        for node in self.standbys:
            node.member.mend()
            node.thaw()
            if not node.is_running:
                node.start()
        positions = self.settled_positions()
        new = max(self.standbys, key=lambda node: positions[node.name])
        [other] = [node for node in self.standbys if node is not new]
        if not new.ask("SELECT pg_promote(true, 30)")[0][0]:
            raise RuntimeError(f"{new.name} is not promoted")
        self.primary = new
        self.make_slots()
        other.write_settings(new)
        send(other.processes()[:1], signal.SIGHUP)
        self.wait_for_standbys(1)
        self.rejoin(old)
        self.wait_for_standbys(2)

    def settled_positions(self, seconds=20):
        """What each standby has, once nobody receives or replays any more."""
        end = time.monotonic() + seconds
        before = None
        while time.monotonic() < end:
            rows = {}
            for node in self.standbys:
                try:
                    rows[node.name] = node.ask(POSITION)[0]
                except psycopg2.Error:
                    break
            if len(rows) == 2 and rows == before and all(not row[2] for row in rows.values()):
                return {name: row[0] for name, row in rows.items()}
            before = rows
            time.sleep(0.15)
        raise RuntimeError(f"the standbys' positions do not settle: {before}")

    def restart_primary(self):
        """Starts a primary that was killed, with everything that its own disk has."""
        self.primary.start()

    def restart_standbys(self):
        for node in self.standbys:
            node.member.mend()
            node.thaw()
            if not node.is_running:
                node.start()
        self.wait_for_standbys(2)

    def close_waiting(self):
        """Closes the connections whose commits wait for a standby; says how many there were."""
        return len(self.primary.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                    "WHERE wait_event = 'SyncRep' AND usename <> 'postgres'"))

    def close(self):
        for node in self.nodes:
            node.thaw()
            node.kill()

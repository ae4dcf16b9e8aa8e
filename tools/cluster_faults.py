"""The faults of a cluster test, one function each; a round makes one of them while clients write."""
import signal
import time

import cluster_postgres
import cluster_records
from cluster_clients import LARGE_BATCH
from cluster_daemons import DATABASE
from cluster_stage import Trouble
from cluster_versions import two_versions

# Longer than a daemon waits for a commit before it asks for the outcome, and longer than it goes on asking.
LONGER_THAN_A_COMMIT, LONGER_THAN_A_SETTLEMENT = 7, 13
TAKE_OVER_SECONDS_MAX = 20
# Where a publisher is stopped: around the tiles, while it reads them back, and around the copy of the checkpoint.
PUBLISHER_POINTS = [
    ("stop-before", "PUT", {"part": "/tile/"}), ("stop-after", "PUT", {"part": "/tile/"}),
    ("stop-after", "PUT", {"part": "/tile/", "skip": 2}), ("stop-before", "GET", {"part": "/tile/"}),
    ("stop-after", "GET", {"part": "/tile/"}), ("stop-before", "PUT", {"ends": "/checkpoint"}),
    ("stop-after", "PUT", {"ends": "/checkpoint"}),
]
# The bytes of the log that no standby has, and the number of commits that wait for one.
WAITING = """
    SELECT pg_current_wal_flush_lsn() - (SELECT max(flush_lsn) FROM pg_stat_replication),
        (SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep')
"""
LARGE_COMMIT_BYTES = 500_000
STORAGE_FAULTS = ["412", "409", "500", "503", "drop-before", "drop-after", "status-after", "write-412", "delay"]


def kill_primary(cluster):
    """kill -9 of the primary, and a failover"""
    cluster.referee.fail_over()


def freeze_primary(cluster):
    """the primary stands still, and a failover away from it"""
    cluster.referee.primary.freeze()
    time.sleep(cluster.draw.uniform(1, LONGER_THAN_A_COMMIT))
    cluster.referee.fail_over()


def cut_primary(cluster):
    """the primary is cut off, and a failover away from it"""
    cluster.referee.primary.member.cut()
    time.sleep(cluster.draw.uniform(1, LONGER_THAN_A_COMMIT))
    cluster.referee.fail_over()


def lose_after_restart(cluster):
    """the primary restarts without its standbys, shows what they lack, and a failover away from it"""
    lone_primary(cluster)
    # These are repeated with their keys, also while the primary shows what it will lose.
    for daemon in cluster.daemons * 4:
        cluster.register_at(daemon, may_switch=True)
    cluster.mix()
    for _ in range(3):
        time.sleep(1.2)
        cluster.referee.primary.kill()
        cluster.referee.restart_primary()
    time.sleep(7)
    cluster.rest()
    cluster.referee.fail_over()


def lose_after_closing(cluster):
    """waiting commits are closed without standbys, and the primary and both daemons are lost with what they left"""
    lone_primary(cluster)
    for _ in range(6):
        cluster.referee.close_waiting()
        time.sleep(0.8)
    cluster.rest()
    # A daemon that lives on would write the same entries again, and nobody could tell.
    for daemon in cluster.daemons:
        daemon.kill()
    cluster.referee.fail_over()


def lone_primary(cluster):
    """Kills both standbys while a commit of several hundred events waits for them, of which they have nothing.

    A lost tile of 256 entries is seen later, since a tile is written only once; a few lost entries might not be. So the
    publisher must have nothing to do, and the first commit that waits must be large: a registration holds the daemon's
    writer up, while its queue fills with events.
    """
    cluster.rest()
    cluster.wait(lambda: cluster.is_published("log"), TAKE_OVER_SECONDS_MAX, "the log is not published to its end")
    daemon = cluster.other(cluster.holder())
    for _ in range(6):
        acknowledged = len(cluster.history.changes)
        set_standbys(cluster, cluster_postgres.Node.freeze)
        cluster.register_at(daemon)
        time.sleep(0.2)
        cluster.burst_at(daemon)
        time.sleep(0.8)
        set_standbys(cluster, cluster_postgres.Node.thaw)
        time.sleep(0.03)
        set_standbys(cluster, cluster_postgres.Node.freeze)
        time.sleep(0.8)
        lag, waiting = cluster.referee.primary.ask(WAITING)[0]
        # Where writes are acknowledged without a standby, they are lost, and that is found after the round.
        if waiting and lag and lag > LARGE_COMMIT_BYTES or len(cluster.history.changes) > acknowledged + LARGE_BATCH:
            break
        set_standbys(cluster, cluster_postgres.Node.thaw)
        cluster.rest()
        cluster.wait(lambda: cluster.is_published("log"), TAKE_OVER_SECONDS_MAX, "the log is not published to its end")
    else:
        raise Trouble("no large commit ever waits for the standbys")
    set_standbys(cluster, cluster_postgres.Node.kill)


def set_standbys(cluster, change):
    for node in cluster.referee.standbys:
        change(node)


def close_waiting(cluster):
    """commits that wait for standbys which stand still are closed"""
    for node in cluster.referee.standbys:
        node.freeze()
    for _ in range(4):
        time.sleep(cluster.draw.uniform(0.3, 0.9))
        cluster.referee.close_waiting()


def stall_standbys(cluster):
    """both standbys stand still for longer than a daemon waits for a commit"""
    stall(cluster, LONGER_THAN_A_COMMIT)


def stall_standbys_long(cluster):
    """both standbys stand still for longer than a daemon asks for the outcome of a commit"""
    stall(cluster, LONGER_THAN_A_SETTLEMENT)


def stall(cluster, seconds):
    cluster.burst_at(None)
    time.sleep(1)
    for node in cluster.referee.standbys:
        node.freeze()
    time.sleep(seconds)


def kill_standby(cluster):
    """kill -9 of a standby"""
    cluster.draw.choice(cluster.referee.standbys).kill()
    time.sleep(cluster.draw.uniform(1, 4))


def cut_standby(cluster):
    """a standby is cut off"""
    cluster.draw.choice(cluster.referee.standbys).member.cut()
    time.sleep(cluster.draw.uniform(3, 6))


def cut_daemon(cluster):
    """a daemon is cut off"""
    cluster.draw.choice(cluster.daemons).member.cut()
    time.sleep(cluster.draw.uniform(3, 12))


def kill_daemon(cluster):
    """kill -9 of a daemon"""
    cluster.draw.choice(cluster.daemons).kill()
    time.sleep(cluster.draw.uniform(0.5, 3))


def kill_publisher(cluster):
    """kill -9 of the daemon that publishes, until the other one does"""
    daemon, epoch = cluster.holder(), cluster.epoch()
    daemon.kill()
    cluster.wait(lambda: cluster.epoch() > epoch, TAKE_OVER_SECONDS_MAX, "nobody takes a dead publisher's lease")


def freeze_daemon(cluster):
    """a daemon stands still"""
    cluster.draw.choice(cluster.daemons).freeze()
    time.sleep(cluster.draw.uniform(1, 8))


def freeze_in_turn(cluster):
    """a daemon stands still while it has the writers' turn"""
    stop_in_turn(cluster, signal.SIGSTOP)
    time.sleep(cluster.draw.uniform(2, 6))


def kill_in_turn(cluster):
    """kill -9 of a daemon while it has the writers' turn"""
    daemon = stop_in_turn(cluster, signal.SIGSTOP)
    daemon.kill()
    time.sleep(cluster.draw.uniform(0.5, 2))


def stop_in_turn(cluster, number):
    """Stops a daemon whose session holds the row of the writers' turn; gives the daemon."""
    daemon = cluster.draw.choice(cluster.daemons)
    connection = cluster.referee.primary.connect(DATABASE)
    cursor = connection.cursor()

    def holders():
        cursor.execute(cluster_records.IN_TURN, (daemon.name,))
        return cursor.fetchall()

    try:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            if holders():
                daemon.process.send_signal(number)
                if holders():
                    return daemon
                daemon.thaw()
    finally:
        connection.close()
    raise Trouble(f"{daemon.name} never has the writers' turn")


def stop_publisher(cluster):
    """the publisher stands still around one of its steps, the other one publishes, and it wakes"""
    point = cluster.draw.choice([*PUBLISHER_POINTS, None])
    stopped = stop_at(cluster, *point) if point else stop_in_swap(cluster)
    other = cluster.other(stopped)
    epoch, sizes = cluster.epoch(), {log: cluster.watcher.newest_size("the bucket", log) for log in ("log",)}
    cluster.wait(lambda: cluster.holder() is other, TAKE_OVER_SECONDS_MAX,
                 f"{other.name} does not take the lease of epoch {epoch}")
    cluster.wait(lambda: cluster.watcher.newest_size("the bucket", "log") > sizes["log"] + 1, TAKE_OVER_SECONDS_MAX,
                 f"{other.name} publishes nothing")
    stopped.thaw()
    time.sleep(2)


def swap_late(cluster):
    """the publisher stands still before its swap, and wakes under the other one's lease"""
    stopped = stop_at(cluster, "stop-after", "GET", {"part": "/tile/"})
    other = cluster.other(stopped)
    other.relay.send_signal(signal.SIGSTOP)
    cluster.wait(lambda: cluster.holder() is other, TAKE_OVER_SECONDS_MAX, f"{other.name} does not take the lease")
    stopped.thaw()
    time.sleep(3)
    other.relay.send_signal(signal.SIGCONT)
    time.sleep(1)


def stop_at(cluster, fault, method, place):
    """Stops the publisher at a request of its own; gives the daemon."""
    daemon = cluster.holder()
    cluster.storage.fault(fault, method, pid=daemon.process.pid, **place)
    cluster.wait(lambda: cluster_postgres.state_of(daemon.process.pid) == "T", 15,
                 f"{daemon.name} never makes the request {method} {place}")
    cluster.storage.clear()
    return daemon


def stop_in_swap(cluster):
    """Stops the publisher in the transaction that moves the head; gives the daemon."""
    daemon, primary = cluster.holder(), cluster.referee.primary
    cluster_records.pause_swaps(primary, DATABASE, 0.5)
    cluster.wait(lambda: primary.ask(cluster_records.IN_SWAP, (daemon.name,), DATABASE), 15,
                 f"{daemon.name} never moves a head")
    daemon.freeze()
    cluster_records.pause_swaps(primary, DATABASE, 0)
    return daemon


def spoil_storage(cluster):
    """object storage refuses, fails, and loses answers"""
    end = time.monotonic() + 7
    while time.monotonic() < end:
        fault = cluster.draw.choice(STORAGE_FAULTS)
        place = cluster.draw.choice([{"part": "/tile/"}, {"ends": "/checkpoint"}])
        cluster.storage.fault(fault, "PUT", skip=cluster.draw.randrange(3), **place)
        if fault not in ("412", "write-412", "status-after"):
            cluster.storage.fault(fault, "GET", part="/tile/", skip=cluster.draw.randrange(3))
        time.sleep(cluster.draw.uniform(0.2, 0.8))


def silence_storage(cluster):
    """object storage gives the publisher no answer"""
    cluster.holder().relay.send_signal(signal.SIGSTOP)
    time.sleep(cluster.draw.uniform(3, 12))


# Each fault, how often it is drawn, and whether it needs networks of their own.
ROUNDS = {
    kill_primary: (3, False), freeze_primary: (1, False), cut_primary: (1, True), lose_after_restart: (2, False),
    lose_after_closing: (1, False), close_waiting: (2, False), stall_standbys: (1, False),
    stall_standbys_long: (1, False), kill_standby: (1, False), cut_standby: (1, True), cut_daemon: (1, True),
    kill_daemon: (1, False), kill_publisher: (1, False), freeze_daemon: (1, False), freeze_in_turn: (2, False),
    kill_in_turn: (1, False), stop_publisher: (3, False), swap_late: (1, False), spoil_storage: (2, False),
    silence_storage: (1, False), two_versions: (1, False),
}
BY_NAME = {fault.__name__.replace("_", "-"): fault for fault in ROUNDS}


def drawn(count, draw, has_networks):
    """So many faults in an order by seed: first each one once, then more by their weights."""
    possible = [fault for fault, (_, needs_networks) in ROUNDS.items() if has_networks or not needs_networks]
    once = draw.sample(possible, len(possible))
    more = draw.choices(possible, [ROUNDS[fault][0] for fault in possible], k=max(0, count - len(once)))
    return (once + more)[:count]

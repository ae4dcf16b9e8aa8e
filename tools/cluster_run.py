"""The course of a cluster test: its options, its rounds with a table of them, and the checks at the end."""
import argparse
import os
import random
import shutil
import sys
import tempfile
import time
import traceback

import cluster_checks
import cluster_network
import needs
from cluster_postgres import PROGRAMS
from cluster_stage import KINDS, Cluster, Trouble

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

HEADER = ("fault", "s", "longest pause of writing, s", "acknowledged", "lost")


def parser(description, rounds=None):
    """The options that every test of a cluster has; `--rounds` only where a number of rounds is given."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--build", default=os.path.join(ROOT, ".build/debug"), type=os.path.abspath)
    if rounds:
        made.add_argument("--rounds", type=int, default=rounds)
    made.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    made.add_argument("--scratch", default="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    return made


def test(options, make_referee, course):
    """Runs a whole test; gives the status.

    `make_referee(network, folder, draw)` makes the servers, and `course(cluster)` gives what does not hold, in sentences.
    """
    needs.commands(options.build, "chain-verify", "suishen", "suishend")
    if not os.access(f"{PROGRAMS}/postgres", os.X_OK):
        needs.fail(f"{PROGRAMS} has no PostgreSQL", "tools/setup --tests")
    cluster_network.enter_world()
    folder = tempfile.mkdtemp(prefix=f"{needs.TOOL}-", dir=options.scratch)
    os.chmod(folder, 0o755)
    draw, begun = random.Random(options.seed), time.monotonic()
    print(f"{needs.TOOL}: seed {options.seed}\n", flush=True)
    cluster = Cluster(options.build, folder, draw, lambda network, place: make_referee(network, place, draw))
    if not cluster.network.has_members:
        print(f"{needs.TOOL}: no right to make networks: nobody is cut off\n", flush=True)
    failures = run(cluster, course)
    for failure in failures:
        print(f"{needs.TOOL}: error: {failure}", file=sys.stderr)
    print(f"{needs.TOOL}: {time.monotonic() - begun:.0f} s, seed {options.seed}")
    if failures:
        print(f"{needs.TOOL}: hint: the files are in {folder}; repeat with --seed {options.seed}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    return 0


def row(*cells):
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def run(cluster, course):
    """Runs the course over a cluster that works; gives what does not hold, in sentences."""
    failures = []
    try:
        cluster.start()
        cluster.settle()
        failures += course(cluster)
    except (Trouble, RuntimeError) as error:
        failures.append(str(error))
    except Exception:
        failures.append(f"the test itself failed: {traceback.format_exc()}")
    finally:
        failures = [*cluster.history.faults, *(cluster.watcher.faults if cluster.watcher else []), *failures]
        cluster.close()
    return failures


def rounds(cluster, faults):
    """Runs a round for each fault, and checks everything at the end; gives what does not hold."""
    print(row(*HEADER), row(*("---" for _ in HEADER)), sep="\n", flush=True)
    failures = []
    for fault in faults:
        begin, since = time.monotonic(), len(cluster.history.changes)
        fault(cluster)
        cluster.settle()
        end = time.monotonic()
        lost = cluster_checks.losses(cluster.referee.primary, cluster.history, since)
        print(row(fault.__doc__, f"{end - begin:.1f}", f"{cluster.history.longest_pause(begin, end):.1f}",
                  len(cluster.history.changes) - since, lost), flush=True)
        if lost:
            failures.append(f"{lost} acknowledged changes are lost after the round: {fault.__doc__}")
            break
    cluster.end()
    return failures + checked(cluster)


def checked(cluster):
    """Every check at the end, and a line about what was checked."""
    failures = list(cluster_checks.check_all(cluster))
    kinds = [(kind, len(cluster.history.of(kind))) for kind in KINDS]
    for daemon in cluster.daemons:
        status = daemon.stop()
        if status != 0:
            failures.append(f"{daemon.name} ended with {status} when it was told to")
    checkpoints = sum(len(cluster.watcher.notes(log)) for log in cluster.log_keys)
    refusals = ", ".join(f"{count} {code}" for code, count in sorted(cluster.history.refusals.items())) or "none"
    print(f"acknowledged: {', '.join(f'{count} {kind}s' for kind, count in kinds)}; {len(cluster.history.keyed)} keys, "
          f"{checkpoints} checkpoints; refused for the time being: {refusals}")
    return failures

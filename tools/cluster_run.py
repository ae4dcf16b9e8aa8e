"""The course of a cluster test: rounds, a table of them, and the checks at the end."""
import time
import traceback

import cluster_checks
from cluster_stage import Trouble

HEADER = ("fault", "s", "longest pause of writing, s", "acknowledged", "lost")


def row(*cells):
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def run(cluster, faults):
    """Runs a round for each fault; gives what does not hold, in sentences."""
    failures = []
    try:
        cluster.start()
        cluster.settle()
        print(row(*HEADER), row(*("---" for _ in HEADER)), sep="\n", flush=True)
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
        failures += checked(cluster)
    except (Trouble, RuntimeError) as error:
        failures.append(str(error))
    except Exception:
        failures.append(f"the test itself failed: {traceback.format_exc()}")
    finally:
        failures = [*cluster.history.faults, *(cluster.watcher.faults if cluster.watcher else []), *failures]
        cluster.close()
    return failures


def checked(cluster):
    """Every check at the end, and a line about what was checked."""
    failures = list(cluster_checks.check_all(cluster))
    kinds = [(kind, len(cluster.history.of(kind))) for kind in ("person", "object", "code", "revocation", "event")]
    if not all(count for _, count in kinds):
        failures.append(f"something was never acknowledged, so nothing was tested: {kinds}")
    for daemon in cluster.daemons:
        status = daemon.stop()
        if status != 0:
            failures.append(f"{daemon.name} ended with {status} when it was told to")
    checkpoints = sum(len(cluster.watcher.notes(log)) for log in cluster.log_keys)
    refusals = ", ".join(f"{count} {code}" for code, count in sorted(cluster.history.refusals.items())) or "none"
    print(f"acknowledged: {', '.join(f'{count} {kind}s' for kind, count in kinds)}; {len(cluster.history.keyed)} keys, "
          f"{checkpoints} checkpoints; refused for the time being: {refusals}")
    return failures

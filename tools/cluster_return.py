"""The end of a soak test: its cluster returns to an earlier moment, as Issuing's page on several daemons says.

Clients issue, revoke and append after that moment, and all of it is acknowledged and published. The registry forgets
what was registered and issued since; no index may be given twice, and every published entry and revocation must be there.
"""
import concurrent.futures
import glob
import json
import os
import re
import shutil
import time
import zlib

import cbor2

import cluster_checks
from cluster_daemons import DATABASE
from cluster_watcher import LOGS, size_of

CODES_MIN = 10_000
AGO_SECONDS = 30
PERSONS = 10
BATCH = 500
PUBLISHED_SECONDS_MAX = 60
SHARD = 1 << 26
STATUS_LIST, HOT_LIST = 65533, -65539


def course(cluster):
    """Returns the cluster of a test whose clients have ended to an earlier moment; gives what does not hold."""
    begin = time.monotonic()
    for daemon in cluster.daemons:
        publish_tree(daemon)
    cluster.watcher.start()
    first, known, moment = cluster.history.position(), len(cluster.history.objects), now(cluster)
    issue(cluster, AGO_SECONDS)
    wait_until_published(cluster)
    failures = list(cluster_checks.check_history(cluster_checks.Database(cluster.referee.primary), cluster.history))
    given_before, newest = given(cluster), newest_notes(cluster)
    published = stop_all(cluster)
    last = cluster.history.position()
    # Nobody may write about an object that the registry will not know.
    del cluster.history.objects[known:]

    end = time.monotonic()
    cluster.referee.return_to(moment)
    seconds = time.monotonic() - end
    failures += refuses(cluster.daemons[0])
    report = recover(cluster.daemons[0], published)
    failures += unexpected(report)

    start_all(cluster)
    issue(cluster, 0)
    wait_until_published(cluster)
    cluster.watcher.stop()
    issued = len(cluster.history.of("code", first[0])), len(cluster.history.of("code", last[0]))
    cluster.history = cluster.history.without(first, last)
    failures += cluster_checks.check_all(cluster, returns=1)
    failures += audited(cluster, newest)
    failures += twice(given_before, given(cluster))
    lost = revoked(published) - revoked(tree_of(cluster.holder()))
    if lost:
        failures.append(f"{len(lost)} published revocations are in no list any more: {cluster_checks.some(lost)}")
    failures += [f"{daemon.name} ended with {status}" for daemon in cluster.daemons if (status := daemon.stop()) != 0]
    print(f"returned to {moment} in {seconds:.0f} s, the whole in {time.monotonic() - begin:.0f} s: "
          f"{issued[0] - issued[1]} codes since then, and {issued[1]} after it; put back were "
          f"{report['logEntriesImported']} entries and {report['revocationsRestored']} revocations")
    return failures


def tree_of(daemon):
    return f"{daemon.state}-gates"


def publish_tree(daemon):
    """Starts a daemon that has ended; from now on it publishes the gates' tree while it holds the lease."""
    daemon.change_settings({"publish": f" {tree_of(daemon)}"})
    daemon.start()
    daemon.wait_until_ready()


def now(cluster):
    """A moment by the database's clock with nothing under way."""
    time.sleep(1)
    moment = cluster.referee.primary.ask("SELECT now()::text")[0][0]
    time.sleep(1)
    return moment


def issue(cluster, seconds):
    """Issues many codes at both daemons, with revocations and events, for so many seconds at least."""
    end = time.monotonic() + seconds

    def work(daemon):
        client = cluster.client(daemon)
        for _ in range(PERSONS):
            client.register_person()
        client.register_object()
        count = 0
        while count < CODES_MIN / len(cluster.daemons) or time.monotonic() < end:
            answered = client.issue_batch(BATCH)
            count += answered
            client.append_batch()
            for _ in range(5):
                client.revoke()
            time.sleep(seconds / 40)

    with concurrent.futures.ThreadPoolExecutor(len(cluster.daemons)) as pool:
        list(pool.map(work, cluster.daemons))


def wait_until_published(cluster):
    """Returns once every entry is in the logs' files, and every revocation in the gates' tree."""
    for log in LOGS:
        cluster.wait(lambda log=log: cluster.is_published(log), PUBLISHED_SECONDS_MAX,
                     f"the log {log} is not published to its end")
    places = {place(*row) for row in rows(cluster, "SELECT list, statusIndex FROM revocation")}
    cluster.wait(lambda: places <= revoked(tree_of(cluster.holder())), PUBLISHED_SECONDS_MAX,
                 "the gates' tree does not have every revocation")


def stop_all(cluster):
    """Ends the daemons, the one that publishes last; gives a folder with everything that is published."""
    holder = cluster.holder()
    for daemon in (cluster.other(holder), holder):
        if daemon.stop() != 0:
            raise RuntimeError(f"{daemon.name} did not end well")
    folder = os.path.join(cluster.folder, "published")
    shutil.copytree(tree_of(holder), folder)
    for log in LOGS:
        cluster.storage.download(log, os.path.join(folder, log))
    return folder


def refuses(daemon):
    """A daemon must not serve the returned database."""
    try:
        daemon.run("suishend", "--check-config", "--state", daemon.state)
    except RuntimeError as error:
        if "[registry_behind]" in str(error):
            return
        yield f"the returned database is refused for another reason: {error}"
    else:
        yield "the returned database is served without a recovery"


def recover(daemon, published):
    """The report of `suishen recover`."""
    return json.loads(daemon.run("suishen", "recover", "--state", daemon.state, "--published", published, "--json"))


def unexpected(report):
    for name, wanted in [("logEntriesMissing", 0), ("actsEntriesMissing", 0), ("revocationsMissing", 0),
                         ("fieldsLost", 0), ("actsLog", "recovered"), ("beat", "advanced")]:
        if report[name] != wanted:
            yield f"the recovery's report has {name} {report[name]}, and not {wanted}"
    if not report["logEntriesImported"] or not report["revocationsRestored"]:
        yield f"the recovery put nothing back: {report}"


def start_all(cluster):
    """Starts one daemon, which must issue and revoke, and then the others."""
    for daemon in cluster.daemons:
        daemon.start()
        daemon.wait_until_ready()
        client = cluster.client(daemon)
        for act in (client.register_person, client.issue, client.revoke):
            act()


def rows(cluster, statement):
    return cluster.referee.primary.ask(statement, database=DATABASE)


def place(name, index):
    """The published name of an index's list, and its bit there."""
    shard, bit = divmod(index, SHARD)
    return (f"{name}-{shard}" if shard else name), bit


def given(cluster):
    """The code to which each status index was given."""
    found = {}
    for code, name, *indices in rows(cluster, "SELECT id, list, statusIndex, actorIndex FROM code"):
        found |= {(name, index): bytes(code).hex() for index in indices if index is not None}
    return found


def twice(before, after):
    """The indices that two codes have; what was issued before is compared with what there is now."""
    found = [one for one, code in after.items() if before.get(one, code) != code]
    if found:
        yield f"{len(found)} status indices were given once more after the return: {cluster_checks.some(found)}"


def revoked(tree):
    """Every bit that the status lists and the hot list of a tree revoke, with its list's name."""
    found = set()
    for path in glob.glob(os.path.join(glob.escape(tree), "status", "*")):
        with open(path, "rb") as file:
            claims = cbor2.loads(cbor2.loads(file.read()).value[2])
        if HOT_LIST in claims:
            found |= {(name, bit) for name, bits in claims[HOT_LIST]["lists"] for bit in bits}
            continue
        name, content = claims[2].rpartition("/")[2], zlib.decompress(claims[STATUS_LIST]["lst"])
        found |= {(name, 8 * at.start() + bit) for at in re.finditer(rb"[^\0]", content)
                  for bit in range(8) if at[0][0] >> bit & 1}
    return found


def newest_notes(cluster):
    return {log: max(cluster.watcher.notes(log), key=size_of) for log in LOGS}


def audited(cluster, newest):
    """The logs must go on from the newest checkpoints before the return."""
    for log, note in newest.items():
        folder = os.path.join(cluster.folder, f"returned-{log}")
        yield from cluster_checks.check_tiles(cluster.storage, cluster.binaries, folder, log, cluster.log_keys[log],
                                              [note])

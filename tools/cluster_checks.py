"""What must hold after a cluster test: over the clients' history, the database, and every checkpoint ever fetched."""
import collections
import concurrent.futures
import http.client
import json
import os
import re
import subprocess

import cluster_records
import tlog
from cluster_daemons import DATABASE
from cluster_watcher import size_of

REPEATED_KEYS_MAX = 1000
NAMES = 3


def some(values):
    values = sorted(values, key=str)
    return f"{', '.join(map(str, values[:NAMES]))}{' …' if len(values) > NAMES else ''}"


class Database:
    """The rows of the primary, read once each."""

    def __init__(self, primary):
        self.primary = primary

    def rows(self, statement, values=None):
        return self.primary.ask(statement, values, DATABASE)

    def column(self, statement):
        return [bytes(row[0]).hex() if isinstance(row[0], memoryview) else row[0] for row in self.rows(statement)]


def losses(primary, history, since):
    """The number of acknowledged changes, from the one with the number `since` on, that the primary does not have."""
    database, lost = Database(primary), 0
    for kind, name, statement in [
            ("person", "subject", "SELECT count(*) FROM person WHERE subject = ANY(%s)"),
            ("object", "subject", "SELECT count(*) FROM object WHERE id = ANY(%s)"),
            ("code", "cti", "SELECT count(*) FROM code WHERE id = ANY(%s)"),
            ("revocation", "cti", "SELECT count(*) FROM code JOIN revocation USING (list, statusIndex) "
             "WHERE id = ANY(%s)"),
            ("event", "leafHash", "SELECT count(*) FROM log_entries WHERE leaf_hash = ANY(%s)")]:
        wanted = {value[name] for value in history.of(kind, since)}
        lost += len(wanted) - database.rows(statement, ([bytes.fromhex(one) for one in wanted],))[0][0]
    return lost


def check_history(database, history):
    """Each acknowledged subject, code, event and revocation is there exactly once."""
    persons, objects = set(database.column("SELECT subject FROM person")), database.rows("SELECT id, name FROM object")
    names = collections.Counter(name for _, name in objects)
    codes = set(database.column("SELECT id FROM code"))
    revoked = set(database.column("SELECT id FROM code JOIN revocation USING (list, statusIndex)"))
    for kind, wanted, kept in [
            ("persons", {value["subject"] for value in history.of("person")}, persons),
            ("objects", {value["subject"] for value in history.of("object")}, {bytes(one).hex() for one, _ in objects}),
            ("codes", {value["cti"] for value in history.of("code")}, codes),
            ("revocations", {value["cti"] for value in history.of("revocation")}, revoked)]:
        if wanted - kept:
            yield f"{len(wanted - kept)} acknowledged {kind} are lost: {some(wanted - kept)}"
    twice = {name for name, count in names.items() if count > 1}
    if twice:
        yield f"{len(twice)} objects were registered twice under one key: {some(twice)}"
    given = collections.Counter(value["cti"] for value in history.of("code"))
    if any(count > 1 for count in given.values()):
        yield f"codes were answered twice: {some(cti for cti, count in given.items() if count > 1)}"
    kept = dict(database.rows("SELECT subject, count(*) FROM code GROUP BY subject"))
    more = {subject for subject, count in kept.items() if count > history.tried_codes[subject]}
    if more:
        yield f"{len(more)} subjects have more codes than were ever asked for: {some(more)}"
    index_by_code = {bytes(row[0]).hex(): row[1] for row in database.rows("SELECT id, statusIndex FROM code")}
    wrong = {value["cti"] for value in history.of("code") if index_by_code.get(value["cti"]) != value["statusIndex"]}
    if wrong:
        yield f"{len(wrong)} codes have another status index than was answered: {some(wrong)}"


def check_indices(database):
    twice = database.rows(
        "SELECT list, bit FROM (SELECT list, statusIndex AS bit FROM code UNION ALL SELECT list, actorIndex FROM code) "
        "AS bits WHERE bit IS NOT NULL GROUP BY list, bit HAVING count(*) > 1")
    if twice:
        yield f"{len(twice)} status indices were given twice: {some(twice)}"


def check_trail(database, returns):
    """The numbers of the audit trail follow one another; each return leaves one gap, above the lines that it lost."""
    numbers = database.column("SELECT number FROM audit ORDER BY number")
    gaps = [number for number, after in zip(numbers, numbers[1:]) if after != number + 1]
    if len(gaps) != returns or len(set(numbers)) < len(numbers):
        yield f"the numbers of the audit trail have other gaps than {returns}, or a repetition: {some(gaps)}"


def check_entries(database, history):
    """The log is dense, each event has its answered place, and none is there twice."""
    marks, places = collections.Counter(), {}
    for log in ("log", "acts"):
        sequences = collections.Counter()
        rows = database.rows(f"SELECT idx, object, sequence, leaf_hash, bytes FROM {log}_entries ORDER BY idx")
        for number, (index, thing, sequence, leaf, content) in enumerate(rows):
            if index != number:
                yield f"the log {log} has entry {index} where {number} is due"
                break
            if sequence != sequences[bytes(thing)]:
                yield f"entry {index} of {log} has sequence {sequence} where {sequences[bytes(thing)]} is due"
            sequences[bytes(thing)] += 1
            if tlog.leaf_hash(bytes(content)) != bytes(leaf):
                yield f"entry {index} of {log} does not have its hash"
            for mark in re.findall(rb"mark-[0-9a-f]{16}", bytes(content)) if log == "log" else ():
                marks[mark.decode()] += 1
                places[mark.decode()] = (index, sequence, bytes(leaf).hex())
    twice = {mark for mark, count in marks.items() if count > 1}
    if twice:
        yield f"{len(twice)} events are in the log twice: {some(twice)}"
    done = history.refused_marks & set(places)
    if done:
        yield f"{len(done)} events are in the log, but the answer was that nothing was done: {some(done)}"
    events = history.of("event")
    lost = {value["mark"] for value in events if value["mark"] not in places}
    if lost:
        yield f"{len(lost)} acknowledged events are lost: {some(lost)}"
    moved = {value["mark"] for value in events if value["mark"] in places
             and places[value["mark"]] != (value["index"], value["sequence"], value["leafHash"])}
    if moved:
        yield f"{len(moved)} events lie at another place than was answered: {some(moved)}"


def check_keys(history, daemons, draw):
    """Each daemon gives the first answer to a key again."""
    repeated = [key for key, keyed in history.keyed.items() if keyed.tries > 1]
    others = [key for key, keyed in history.keyed.items() if keyed.tries == 1]
    keys = repeated + draw.sample(others, min(len(others), REPEATED_KEYS_MAX))

    def ask(key):
        keyed = history.keyed[key]
        for daemon in daemons:
            for _ in range(5):
                try:
                    status, answer = daemon.post(keyed.route, keyed.body, {"Idempotency-Key": key})
                except (OSError, http.client.HTTPException):
                    continue
                if status != 503:
                    break
            else:
                return f"{daemon.name} does not answer the key {key} of {keyed.route} again"
            if (status, answer) != (200, keyed.answer):
                return (f"{daemon.name} answers the key {key} of {keyed.route} with {status} {answer}, not "
                        f"{keyed.answer}")
        return None

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        faults = [fault for fault in pool.map(ask, keys) if fault]
    if faults:
        yield f"{len(faults)} of {len(keys)} idempotency keys have another answer by now: {faults[0]}"


class Roots:
    """The roots of every beginning of a tree, one after another."""

    def __init__(self):
        self.peaks = []
        self.size = 0

    def add(self, leaf):
        self.peaks.append(leaf)
        self.size += 1
        width = self.size
        while width % 2 == 0:
            right = self.peaks.pop()
            self.peaks.append(tlog.node_hash(self.peaks.pop(), right))
            width //= 2

    def root(self):
        if not self.peaks:
            return tlog.tree_hash([])
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = tlog.node_hash(peak, root)
        return root


def check_checkpoints(database, watcher, log, key):
    """Every checkpoint ever fetched is signed, and is the root of a beginning of the same entries."""
    notes = {}
    for note in watcher.notes(log):
        try:
            _, size, root = tlog.read_checkpoint(note, key)
        except tlog.Broken as error:
            yield f"a checkpoint of {log} is broken: {error}"
            continue
        if notes.setdefault(size, root) != root:
            yield f"two checkpoints of {log} over {size} entries have different roots"
    roots = Roots()
    leaves = [bytes(row[0]) for row in database.rows(f"SELECT leaf_hash FROM {log}_entries ORDER BY idx")]
    if notes and max(notes) > len(leaves):
        yield f"a checkpoint of {log} covers {max(notes)} entries, and the database has {len(leaves)}"
    for size in range(len(leaves) + 1):
        if size in notes and notes[size] != roots.root():
            yield f"the checkpoint of {log} over {size} entries is not the root of the first {size} entries"
        if size < len(leaves):
            roots.add(leaves[size])


def check_tiles(storage, binaries, folder, log, key, anchors):
    """The published files are whole, and go on from the first and the last checkpoint that anybody fetched."""
    storage.download(log, folder)
    try:
        tlog.read_log(folder, key)
    except tlog.Broken as error:
        yield f"the published files of {log}: {error}"
    words = []
    for number, anchor in enumerate(anchors):
        words += ["--anchor", f"{folder}.anchor-{number}"]
        with open(words[-1], "wb") as file:
            file.write(anchor)
    for command in ["audit"] + (["issued"] if log == "acts" else []):
        done = subprocess.run([os.path.join(binaries, "chain-verify"), command, folder, "--key", key, *words, "--json"],
                              capture_output=True, text=True)
        try:
            verdict = json.loads(done.stdout)
        except ValueError:
            yield f"chain-verify {command} {log} ended with {done.returncode}: {done.stderr[:500]}"
            continue
        if verdict["verdict"] != "intact":
            yield f"chain-verify {command} finds {log} {verdict['verdict']}: {verdict['findings'][:2]}"


def place_of(path):
    """Kind, number and width of a tile's path: `entries/x001/234.p/5` is the bundle 1234 with 5 entries."""
    path, _, width = path.partition(".p/")
    kind, *groups = path.split("/")
    return kind, int("".join(group.lstrip("x") for group in groups)), int(width or tlog.WIDTH)


def check_bucket(database, folder, log):
    """Every bundle and every tile of leaves in the bucket has the database's entries, also beyond the checkpoint.

    A publisher that writes what a failover then takes back leaves such a file, which no later one could replace.
    """
    rows = database.rows(f"SELECT bytes, leaf_hash FROM {log}_entries ORDER BY idx")
    parts = {"entries": [len(entry).to_bytes(2, "big") + bytes(entry) for entry, _ in rows],
             "0": [bytes(leaf) for _, leaf in rows]}
    top = os.path.join(folder, "tile")
    whole = [os.path.join(where, name) for where, _, names in os.walk(top) for name in names]
    for path in sorted(os.path.relpath(path, top) for path in whole):
        kind, number, width = place_of(path)
        if kind not in parts:
            continue
        with open(os.path.join(top, path), "rb") as file:
            if file.read() != b"".join(parts[kind][number * tlog.WIDTH:number * tlog.WIDTH + width]):
                yield f"the bucket has other entries in {log}/tile/{path} than the database"


def check_all(cluster, returns=0):
    """Everything, after so many returns to an earlier moment; the faults as sentences."""
    database = Database(cluster.referee.primary)
    yield from check_history(database, cluster.history)
    yield from check_indices(database)
    yield from check_trail(database, returns)
    yield from check_entries(database, cluster.history)
    yield from check_keys(cluster.history, cluster.daemons, cluster.draw)
    for log, key in cluster.log_keys.items():
        yield from check_checkpoints(database, cluster.watcher, log, key)
        notes = sorted(cluster.watcher.notes(log), key=size_of)
        # A checkpoint over nothing confirms nothing.
        anchors = [next(note for note in notes if size_of(note) > 0), notes[-1]]
        folder = os.path.join(cluster.folder, f"audited-{log}")
        yield from check_tiles(cluster.storage, cluster.binaries, folder, log, key, anchors)
        yield from check_bucket(database, folder, log)
    yield from cluster_records.faults(cluster.referee.primary, DATABASE)

"""Checks the project's log with tlog.py, by C2SP's rules, and audits tlog.py's logs with chain-verify."""
import functools
import gzip
import http.server
import json
import os
import random
import shutil
import subprocess
import threading

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import tlog

# Two levels of tiles above the leaves, with partial tiles on all three levels (the example in tlog-tiles).
LARGE = 70_000
SIZES = (0, 1, 255, 256, 257, 65_536, LARGE)
# More than a thousand tiles on a level, so that their numbers need two folders.
WIDE = 256 * 1_001 + 5
EVENT_COUNT = 300
ORIGIN, NAME = "example.org/log/42", "keys.example.org/log-42"
VERDICTS = ("intact", "tampered", "undecided")
INTACT = ("intact", "ok")
INTACT_PARTS = ("intact", "intact")


class Servings(http.server.SimpleHTTPRequestHandler):
    """Always serves entry bundles compressed with gzip, as tlog-tiles allows."""

    def do_GET(self):
        try:
            with open(self.directory + self.path, "rb") as file:
                content = file.read()
        except OSError:
            return self.send_error(404)
        self.send_response(200)
        if "/entries/" in self.path:
            content = gzip.compress(content, 1)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def flip(path, position):
    with open(path, "r+b") as file:
        file.seek(position)
        byte = file.read(1)[0]
        file.seek(position)
        file.write(bytes([byte ^ 1]))


class LogChecks:
    def __init__(self, binaries, folder, check, run):
        self.binaries, self.folder, self.check, self.run = binaries, folder, check, run
        self.key, self.vkey = self.make_key()

    def make_key(self):
        """A key whose Base64 contains the separators of a verifier key and of a path."""
        vkey = ""
        while not {"+", "/"} <= set(vkey.split("+", 2)[-1]):
            key = Ed25519PrivateKey.generate()
            vkey = tlog.verifier_key(NAME, key)
        return key, vkey

    def path(self, name):
        return os.path.join(self.folder, name)

    def ours(self):
        """Checks that a log written by suishen follows C2SP's rules."""
        def suishen(*words):
            return self.run(f"{self.binaries}/suishen", *words, "--state", self.path("state"), "--json")

        suishen("init", "--suite", "ed25519", "--issuer", "SH", "--host", "CODE.SUISHEN.EXAMPLE")
        vkey = json.loads(suishen("log", "key"))["key"]
        log = self.path("state/log")
        self.check("own log: tlog.py reads the empty log", tlog.read_log(log, vkey)[1] == 0)
        place = json.loads(suishen("object", "register", "--kind", "object", "--manager", "91350100M000100Y43",
                                   "--category", "elevator"))["subject"]
        with open(self.path("events"), "w") as file:
            for number in range(EVENT_COUNT):
                print(json.dumps({"object": place, "step": "inspecting", "idempotencyKey": str(number)}), file=file)
        answers = [json.loads(line) for line in suishen("event", "append", "--from", self.path("events")).splitlines()]
        origin, size, entries = tlog.read_log(log, vkey)
        self.check("own log: its key's name is its origin", vkey.startswith(origin + "+"))
        self.check("own log: all events are in it", size >= EVENT_COUNT and len(answers) == EVENT_COUNT)
        self.check("own log: every answer's leaf hash is its entry's", all(
            tlog.leaf_hash(entries[answer["index"]]).hex() == answer["leafHash"] for answer in answers))
        for path in ("tile/0/000", "tile/1/000.p/1", "tile/entries/000"):
            flip(f"{log}/{path}", 17)
            self.check(f"own log: {path} with one bit flipped is refused by tlog.py", self.refused(log, vkey))
            flip(f"{log}/{path}", 17)

    def refused(self, log, vkey):
        try:
            tlog.read_log(log, vkey)
        except tlog.Broken:
            return True
        return False

    def others(self, text):
        """Signature lines that a reader with only the log's key ignores, some as long as those of later key types."""
        stranger = Ed25519PrivateKey.generate()
        large = (tlog.signature_line("large.example", os.urandom(4), os.urandom(4_900)) for _ in range(14))
        return (tlog.cosigned_by_witness(text, "witness.example/w1", stranger, 1_800_000_000)
                + tlog.signed_by_log(text, NAME, stranger) + "".join(large))

    def write(self, name, entries, **settings):
        log = self.path(name)
        tlog.write_log(log, entries, ORIGIN, NAME, self.key, **settings)
        return log

    def audit(self, log, *words):
        """The verdict and its code; None if the exit status or the parts' results do not match the verdict."""
        done = subprocess.run([f"{self.binaries}/chain-verify", "audit", "--tiles-only", log, "--key", self.vkey,
                               "--json", *words], capture_output=True, text=True)
        try:
            report = json.loads(done.stdout)
        except ValueError:
            return done.stderr, done.returncode
        fits = VERDICTS.index(report["verdict"]) == done.returncode
        if report["verdict"] == "intact" or report["code"] == "unanchored":
            fits = fits and (report["tiles"], report["checkpoint"]) == INTACT_PARTS
        return (report["verdict"], report["code"]) if fits else None

    def anchored(self, log, *words):
        return self.audit(log, "--anchor", f"{log}/checkpoint", *words)

    def theirs(self):
        """Audits logs of opaque entries, empty, short and of the maximum length, under their own origin and key."""
        source = random.Random(42)
        entries = [source.randbytes(source.choice((0, 1, 7, 40))) for _ in range(LARGE)]
        entries[256] = bytes(65_535)
        for size in SIZES:
            log = self.write(str(size), entries[:size], extensions=["an extension", "— and another"],
                             others=self.others)
            self.check(f"log of {size}: its writer reads it",
                       tlog.read_log(log, self.vkey) == (ORIGIN, size, entries[:size]))
            found = self.audit(log)
            self.check(f"log of {size}: is undecided without an anchor",
                       found == ("undecided", "unanchored"), found)
            for anchor in SIZES[1:]:
                found = self.audit(log, "--anchor", self.path(f"{anchor}/checkpoint")) if anchor <= size else INTACT
                self.check(f"log of {size}: is intact with its checkpoint of {anchor}", found == INTACT, found)
        found = self.audit(self.path("256"), "--anchor", self.path("257/checkpoint"))
        self.check("log of 256: is cut with its checkpoint of 257 as anchor", found == ("tampered", "truncated"), found)
        forked = self.write("fork", [*entries[:100], b"another", *entries[101:257]])
        found = self.audit(forked, "--anchor", self.path("255/checkpoint"))
        self.check("a log with another history is a fork", found == ("tampered", "fork"), found)
        self.grown(self.path(str(LARGE)))
        self.tampered(self.path(str(LARGE)))
        self.wide()
        self.without_bundles(entries[:257])
        self.unusual(entries[:257])
        self.over_http(self.path("257"))

    def flipped(self, path, position, log):
        flip(path, position)
        found = self.anchored(log)
        flip(path, position)
        return found

    def tampered(self, log):
        for path in ("tile/0/000", "tile/0/137", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17",
                     "tile/2/000.p/1", "tile/entries/000", "tile/entries/137", "tile/entries/273.p/112"):
            for position in (0, os.path.getsize(f"{log}/{path}") - 1):
                found = self.flipped(f"{log}/{path}", position, log)
                self.check(f"{path} with one bit of byte {position} flipped is found",
                           found and found[0] == "tampered", found)
            os.rename(f"{log}/{path}", self.path("hidden"))
            found = self.anchored(log)
            # Without a bundle, its tile still holds its entries' hashes, and the tiles are audited.
            self.check(f"{path} missing is judged", found == INTACT if "entries" in path
                       else found and found[0] == "tampered", found)
            os.rename(self.path("hidden"), f"{log}/{path}")
        small, anchor = self.write("small", [b""]), self.path("anchor")
        shutil.copy(f"{small}/checkpoint", anchor)
        for position in range(os.path.getsize(anchor)):
            flip(f"{small}/checkpoint", position)
            found = self.audit(small, "--anchor", anchor)
            flip(f"{small}/checkpoint", position)
            self.check(f"a checkpoint with one bit of byte {position} flipped is found",
                       found == ("tampered", "checkpoint_signature"), found)

    def grown(self, log):
        """A reader with an older checkpoint finds full tiles in place of narrower ones."""
        newest = self.path("newest")
        shutil.copy(f"{log}/checkpoint", newest)
        for size in (255, 257):
            shutil.copy(self.path(f"{size}/checkpoint"), f"{log}/checkpoint")
            found = self.anchored(log)
            self.check(f"log of {LARGE}: is intact up to its checkpoint of {size}", found == INTACT, found)
        found = self.flipped(f"{log}/tile/1/000", 5, log)
        self.check("a full tile in a narrower one's place, flipped, is found", found and found[0] == "tampered", found)
        shutil.copy(newest, f"{log}/checkpoint")

    def wide(self):
        log = self.write("wide", [b"%d" % number for number in range(WIDE)], bundles=False)
        found = self.anchored(log)
        self.check("a log of more than a thousand tiles on a level is intact", found == INTACT, found)
        for path in ("tile/0/x001/000", "tile/0/x001/001.p/5", "tile/1/003.p/233"):
            found = self.flipped(f"{log}/{path}", 100, log)
            self.check(f"{path} flipped is found", found and found[0] == "tampered", found)

    def without_bundles(self, entries):
        """A log without entry bundles, such as a static-ct log, still has tiles to audit."""
        log = self.write("tiles", entries, bundles=False)
        tlog.write_file(log, "tile/data/000", b"of another format")
        found = self.anchored(log)
        self.check("a log without entry bundles is intact", found == INTACT, found)
        for path in ("tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"):
            found = self.flipped(f"{log}/{path}", 5, log)
            self.check(f"{path} flipped is found without bundles", found and found[0] == "tampered", found)

    def unusual(self, entries):
        """Audits a log with an unusual origin, and with partial files left from its smaller checkpoints."""
        log = self.path("unusual")
        tlog.write_log(log, entries, "журнал — “Wälder” 1", NAME, self.key)
        for path in ("tile/0/000.p/7", "tile/0/001.p/200", "tile/entries/000.p/255", "tile/entries/001.p/2"):
            tlog.write_file(log, path, b"stale")
        found = self.anchored(log)
        self.check("a log of an unusual origin, with partial files of other sizes, is intact", found == INTACT, found)
        os.remove(f"{log}/tile/0/001.p/1")
        tlog.write_file(log, "tile/0/001", b"".join(tlog.leaf_hash(b"%d" % number) for number in range(256)))
        found = self.anchored(log)
        self.check("another tree's full tile in a partial one's place is found", found and found[0] == "tampered", found)

    def over_http(self, log):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Servings, directory=log))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            for end in ("", "/"):
                found = self.audit(f"http://127.0.0.1:{server.server_port}{end}", "--anchor", f"{log}/checkpoint")
                self.check(f"a log whose server compresses its bundles is intact at an address that ends in '{end}'",
                           found == INTACT, found)
        finally:
            server.shutdown()
            server.server_close()

"""Has the daemon's checkpoints cosigned by a witness written here, and sends logs written here to chain-verify's witness.

Both sides follow C2SP tlog-witness and RFC 6962 alone, and share no code with the project.
"""
import base64
import hashlib
import http.client
import http.server
import json
import os
import subprocess
import threading
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

import tlog

ORIGIN, WITNESS = "example.org/log/witnessed", "witness.example.org/w1"
# Every pair of these sizes is proved.
SIZES = (0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 33, 64, 100, 255, 257)
SECONDS_MAX = 60


def split(count):
    return 1 << (count - 1).bit_length() - 1


def consistency(old, leaves):
    """PROOF(m, D[n]) of RFC 6962 section 2.1.2."""
    def subproof(count, part, is_whole):
        if count == len(part):
            return [] if is_whole else [tlog.tree_hash(part)]
        middle = split(len(part))
        if count <= middle:
            return subproof(count, part[:middle], is_whole) + [tlog.tree_hash(part[middle:])]
        return subproof(count - middle, part[middle:], False) + [tlog.tree_hash(part[:middle])]
    return subproof(old, leaves, True) if 0 < old < len(leaves) else []


def roots(old, new, proof, old_root):
    """The old and the new root that a proof leads to, computed from the top down."""
    rest = list(proof)

    def walk(count, size, is_whole):
        if count == size:
            part = old_root if is_whole else rest.pop(0)
            return part, part
        middle = split(size)
        if count <= middle:
            old_part, new_part = walk(count, middle, is_whole)
            right = rest.pop(0)
            return old_part, tlog.node_hash(new_part, right)
        old_part, new_part = walk(count - middle, size - middle, False)
        left = rest.pop(0)
        return tlog.node_hash(left, old_part), tlog.node_hash(left, new_part)
    found = walk(old, new, True)
    return found if not rest else None


class Witness(http.server.BaseHTTPRequestHandler):
    """A witness of one log, in memory."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer(404, b"", "text/plain")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with self.server.turn:
            self.answer(*self.judge(body))

    def judge(self, body):
        server = self.server
        head, note = body.split("\n\n", 1)
        first, *lines = head.split("\n")
        old, proof = int(first.removeprefix("old ")), [base64.b64decode(line, validate=True) for line in lines]
        text = note[:note.rindex("\n\n") + 1]
        try:
            _, size, root = tlog.read_checkpoint(note.encode(), server.vkey)
        except tlog.Broken:
            return 403, b"", "text/plain"
        if old > size or self.path != "/w/add-checkpoint":
            return 400, b"", "text/plain"
        if old != server.size:
            return 409, f"{server.size}\n".encode(), "text/x.tlog.size"
        if old and roots(old, size, proof, server.root) != (server.root, root) or not old and proof:
            return 422, b"", "text/plain"
        server.size, server.root = size, root
        line = tlog.cosigned_by_witness(text, WITNESS, server.key, int(time.time()))
        # A witness may sign with further keys.
        other = tlog.cosigned_by_witness(text, WITNESS + "-next", Ed25519PrivateKey.generate(), int(time.time()))
        return 200, (other + line).encode(), "text/plain"

    def answer(self, status, body, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class WitnessChecks:
    def __init__(self, binaries, folder, check, run):
        self.binaries, self.folder, self.check, self.run = binaries, folder, check, run

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, mode=0o644):
        with open(self.path(name), "w") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def until(self, holds):
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:
            if found := holds():
                return found
            time.sleep(0.05)
        return None

    def theirs(self):
        """suishend's log, cosigned by the witness above."""
        state = self.path("witnessed-state")

        def suishen(*words):
            return self.run(f"{self.binaries}/suishen", *words, "--state", state, "--json")

        suishen("init", "--suite", "ed25519", "--issuer", "SH", "--host", "CODE.SUISHEN.EXAMPLE")
        vkey = json.loads(suishen("log", "key"))["key"]
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Witness)
        server.vkey, server.size, server.root = vkey, 0, tlog.tree_hash([])
        server.key, server.turn = Ed25519PrivateKey.generate(), threading.Lock()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        public = tlog.raw(server.key)
        identifier = tlog.key_id(WITNESS, tlog.COSIGNATURE, public).hex()
        kind = base64.b64encode(bytes([tlog.COSIGNATURE]) + public).decode()
        policy = self.write("witnessed-policy", f"log {vkey}\nwitness w {WITNESS}+{identifier}+{kind} "
                            f"http://127.0.0.1:{server.server_port}/w\nquorum w\n")
        settings = f"{state}/suishend.yaml"
        with open(settings) as file:
            lines = [f"witnesses: {policy}\n" if line.startswith("witnesses:") else line for line in file]
        os.chmod(settings, 0o600)
        with open(settings, "w") as file:
            file.writelines(lines)
        daemon = subprocess.Popen([f"{self.binaries}/suishend", "--state", state], stderr=subprocess.DEVNULL)
        try:
            self.until(lambda: os.path.exists(f"{state}/run/suishend.sock"))
            place = json.loads(suishen("object", "register", "--kind", "object", "--manager", "91350100M000100Y43",
                                       "--category", "elevator"))["subject"]
            for count in (1, 5, 30):
                events = "".join(json.dumps({"object": place, "step": "inspecting"}) + "\n" for _ in range(count))
                suishen("event", "append", "--from", self.write("witnessed-events", events))
                time.sleep(1.2)
            checkpoint = f"{state}/log/checkpoint"

            def cosigned():
                with open(checkpoint) as file:
                    note = file.read()
                return note if server.size >= 36 and f"\n\u2014 {WITNESS} " in note else None
            note = self.until(cosigned)
            self.check("another witness cosigns suishend's checkpoints", note is not None)
            line = next(line for line in (note or "").splitlines() if line.startswith(f"\u2014 {WITNESS} "))
            self.check("its cosignature is published as it gave it", self.verified(note, line, public, identifier))
            done = subprocess.run([f"{self.binaries}/chain-verify", "audit", f"{state}/log", "--witness-policy", policy],
                                  capture_output=True, text=True)
            self.check("chain-verify takes the cosigned log for intact", done.returncode == 0, done.stdout + done.stderr)
        finally:
            daemon.terminate()
            daemon.wait()
            server.shutdown()

    def verified(self, note, line, public, identifier):
        """Whether a line cosigns a note's text now, by C2SP tlog-cosignature."""
        content = base64.b64decode(line.split(" ")[2], validate=True)
        made = int.from_bytes(content[4:12], "big")
        text = note[:note.rindex("\n\n") + 1]
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(
                content[12:], f"cosignature/v1\ntime {made}\n{text}".encode())
        except InvalidSignature:
            return False
        return content[:4].hex() == identifier and abs(made - time.time()) < SECONDS_MAX

    def ours(self):
        """Logs written here, cosigned by `chain-verify witness --serve`."""
        log, key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                serialization.NoEncryption()).decode()
        keys = self.write("witness.pem", pem, 0o400)
        public, leaves = tlog.raw(key), [tlog.leaf_hash(b"%d" % number) for number in range(SIZES[-1])]
        origins = [f"{ORIGIN}/{number}" for number in range(len(SIZES))]
        logs = self.write("witness-logs", "logs/v0\n" + "".join(
            f"vkey {tlog.verifier_key('keys.example.org', log)}\norigin {origin}\nqpd 86400\ncontact none\n"
            for origin in origins))
        os.mkdir(self.path("witness-state"))
        words = [f"{self.binaries}/chain-verify", "witness", "--serve", "127.0.0.1:0", "--state-dir",
                 self.path("witness-state"), "--key", keys, "--logs", logs, "--name", WITNESS]
        self.run(*words, "--begin")
        server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        try:
            port = int(server.stdout.readline().rsplit(":", 1)[1])
            self.grow(http.client.HTTPConnection("127.0.0.1", port), origins, leaves, log, public)
        finally:
            server.terminate()
            self.check("the witness stops cleanly", server.wait() == 0)

    def grow(self, connection, origins, leaves, log, public):
        identifier = tlog.key_id(WITNESS, tlog.COSIGNATURE, public).hex()

        def post(origin, old, size, proof=None, root=None, signer=log):
            root = root or tlog.tree_hash(leaves[:size])
            text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
            note = f"{text}\n{tlog.signed_by_log(text, 'keys.example.org', signer)}"
            path = consistency(old, leaves[:size]) if proof is None else proof
            lines = "".join(base64.b64encode(part).decode() + "\n" for part in path)
            # One connection serves all requests.
            connection.request("POST", "/add-checkpoint", f"old {old}\n{lines}\n{note}".encode())
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers["Content-Type"], note

        for number, (origin, old) in enumerate(zip(origins, SIZES)):
            if old:
                self.check(f"from 0 to {old} is cosigned", post(origin, 0, old)[0] == 200)
            size = SIZES[(number * 5 + 3) % len(SIZES)]
            if size < old:
                status, body, kind, _ = post(origin, size, size)
                self.check(f"{size} after {old} is told the size",
                           (status, body, kind) == (409, f"{old}\n", "text/x.tlog.size"), (status, body, kind))
                continue
            proof = consistency(old, leaves[:size])
            wrong = [proof[:-1], proof + [bytes(32)], [bytes(32)] + proof[1:]] if proof else [[bytes(32)]]
            for path in wrong:
                self.check(f"a wrong proof from {old} to {size} is refused", post(origin, old, size, path)[0] == 422)
            status, body, _, note = post(origin, old, size)
            self.check(f"from {old} to {size} is cosigned", status == 200 and self.verified(
                note, body.rstrip("\n"), public, identifier), (status, body))
            if size:
                fork = hashlib.sha256(b"fork").digest()
                self.check(f"another root of {size} is refused", post(origin, size, size, root=fork)[0] == 422)
        stranger = Ed25519PrivateKey.generate()
        self.check("a stranger's signature is refused", post(origins[0], 0, 1, signer=stranger)[0] == 403)
        self.check("a stranger's log is refused", post("example.org/unknown", 0, 1)[0] == 404)
        self.check("an old size above the new one is refused", post(origins[3], 9, 3, [])[0] == 400)

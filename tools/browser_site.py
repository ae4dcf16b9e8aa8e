"""The service that browser-test and phone-test look at: an installation, its daemon and its pages, by the built commands."""
import atexit
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

HOST, WALLET = "code.localhost", "wallet.localhost"
USCC = "91350100M000100Y43"
# What a test waits for at most; no result depends on it.
PATIENCE_SECONDS = 120


def until(is_met, what):
    """Polls until something holds."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if found := is_met():
            return found
        time.sleep(0.1)
    raise SystemExit(f"browser-test: error: {what} did not come within {PATIENCE_SECONDS} s")


class Site:
    """One issuer with its daemon; `serve` starts pages."""

    def __init__(self, folder, binaries, issuer="SH", suite="ed25519", **settings):
        self.folder, self.binaries, self.processes = folder, binaries, []
        atexit.register(self.stop)
        os.makedirs(os.path.join(folder, "tree"), mode=0o755)
        self.state, self.tree = os.path.join(folder, "state"), os.path.join(folder, "tree")
        self.suishen("init", "--host", HOST, "--issuer", issuer, "--suite", suite)
        path = os.path.join(self.state, "suishend.yaml")
        with open(path) as file:
            lines = file.readlines()
        for name, value in ({"publish": self.tree} | settings).items():
            # A setting that stands at its default is a comment.
            places = [place for place, line in enumerate(lines) if line.lstrip("# ").startswith(f"{name}:")]
            lines[places[0]:places[0] + 1] = [f"{name}: {value}\n"]
        with open(path, "w") as file:
            file.writelines(lines)
        self.start("suishend", "--state", self.state)
        self.socket = os.path.join(self.state, "run/suishend.sock")
        until(self._listens, "the daemon's socket")
        until(lambda: os.path.exists(os.path.join(self.tree, "status/hot")), "the published tree")

    def _listens(self):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(self.socket) == 0

    def start(self, name, *words, **options):
        options = {"stderr": subprocess.DEVNULL} | options
        self.processes.append(subprocess.Popen([os.path.join(self.binaries, name), *words], **options))
        return self.processes[-1]

    def stop_daemon(self):
        daemon = self.processes.pop(0)
        daemon.terminate()
        daemon.wait()

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait()

    def suishen(self, *words, given=None):
        """Runs `suishen`, and reads its answers, one a line."""
        done = subprocess.run(
            [os.path.join(self.binaries, "suishen"), *words, "--state", self.state, "--json"], input=given,
            capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"browser-test: error: suishen {' '.join(words)}: {done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def serve(self, *options, port=0):
        """Starts pages; returns their origin."""
        self.web = self.start("suishen-web", "serve", "--socket", self.socket, "--tree", self.tree, "--host", HOST,
                              "--listen", f"127.0.0.1:{port}", *options, stdout=subprocess.PIPE)
        line = self.web.stdout.readline().decode()
        return f"http://{HOST}:{int(line.rsplit(':', 1)[1])}"

    def close(self):
        """Stops the pages that were started last."""
        self.web.terminate()
        self.web.wait()
        self.processes.remove(self.web)

    def object(self, kind="object", category="elevator", *more):
        return self.suishen("object", "register", "--kind", kind, "--manager", USCC, "--category", category,
                            *more)[0]["subject"]

    def path(self, subject, *more):
        """A new code of a subject, as the path of its page."""
        return "/" + self.suishen("issue", subject, *more)[0]["text"].split("/", 3)[3]

    def damaged_log(self):
        """A copy of the published log, in whose tiles of hashes one bit is changed."""
        copy = os.path.join(self.folder, "damaged-log")
        shutil.copytree(os.path.join(self.state, "log"), copy)
        for folder, _, names in os.walk(os.path.join(copy, "tile", "0")):
            for path in [os.path.join(folder, name) for name in names]:
                with open(path, "rb") as file:
                    tile = file.read()
                os.unlink(path)
                with open(path, "wb") as file:
                    file.write(flipped(tile))
        return copy

    def append(self, subject, step, *more, given=None):
        return self.suishen("event", "append", subject, "--step", step, "--actor", USCC, *more, given=given)[0]["index"]

    def append_many(self, subject, count):
        path = os.path.join(self.folder, "many")
        with open(path, "w") as file:
            for number in range(count):
                file.write(json.dumps({"object": subject, "step": "inspecting", "actor": USCC,
                                       "location": f"Hall {number}"}) + "\n")
        self.suishen("event", "append", "--from", path)


def fetch(url, **fields):
    """The answer of a plain request: its status, its header fields and its bytes."""
    port = url.split("/", 3)[2].rsplit(":", 1)[1]
    local = f"http://127.0.0.1:{port}/{url.split('/', 3)[3]}"
    method = fields.pop("method", "GET")
    headers = {"Host": HOST} | {name.replace("_", "-"): value for name, value in fields.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(local, headers=headers, method=method)) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def altered(change):
    """A handler that passes the server's answer on with other bytes."""
    def handle(route):
        asked = route.request.headers
        code, fields, body = fetch(route.request.url, Accept=asked.get("accept", "*/*"),
                                   Accept_Language=asked.get("accept-language", "zh-CN"))
        route.fulfill(status=code, headers=dict(fields), body=change(body))
    return handle


def flipped(body):
    return bytes([body[0] ^ 1]) + body[1:]

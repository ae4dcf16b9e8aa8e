"""The installation and the daemons of a cluster test."""
import http.client
import json
import os
import re
import signal
import subprocess
import time

import cluster_clients
import cluster_storage

DATABASE_USER, DATABASE = "suishen", "suishen"
START_SECONDS_MAX = 60
JOINING = "second.daemons.example"


class Daemon:
    """One suishend with a folder of its own, on a member of its own."""

    def __init__(self, name, folder, binaries, member, storage):
        self.name, self.state, self.binaries, self.member = name, os.path.join(folder, name), binaries, member
        self.socket = os.path.join(self.state, "run", "suishend.sock")
        self.relay, self.endpoint = storage.relay(member)
        self.errors = os.path.join(folder, f"{name}.log")
        self.address = self.process = None
        self.is_wanted = False
        self.ends = []

    def url(self, nodes):
        """The database, with this daemon's name, by which its sessions are found."""
        hosts = ",".join(f"{node.member.address}:{node.port}" for node in nodes)
        return f"postgresql://{DATABASE_USER}@{hosts}/{DATABASE}?application_name={self.name}"

    def initialize(self, nodes, storage):
        """Makes the installation, of which this is the first daemon."""
        self.run("suishen", "init", "--state", self.state, "--storage", self.url(nodes),
                 "--tiles", f"s3://{cluster_storage.TILES}/{cluster_storage.PREFIX}", "--tiles-endpoint", self.endpoint,
                 "--tiles-credentials", f"file:{storage.credentials}",
                 "--beat", f"s3://{cluster_storage.PRIVATE}/beat",
                 "--epoch-keys", f"s3://{cluster_storage.PRIVATE}/epochs")

    def run(self, name, *words):
        """Runs a command on the daemon's member; gives what it prints."""
        done = subprocess.run([*self.member.prefix, os.path.join(self.binaries, name), *words], capture_output=True,
                              text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{name} {words[0]} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def listen(self, authority):
        """Lets another daemon join at a port."""
        certificate, key = authority.server(self.name, self.member.address)
        self.address = f"{self.member.address}:{self.member.port(8443)}"
        lines = [f"address: {self.address}", f"certificate: {certificate}", f"privateKey: {key}",
                 f"clientAuthority: {authority.certificate}"]
        self.change_settings({"listen": "".join(f"\n  {line}" for line in lines), "roles": f"\n  {JOINING}: [daemon]"})

    def join(self, other, authority, nodes):
        """Makes the folder of a further daemon from a running one; the settings about one machine are then its own."""
        certificate, key = authority.caller(JOINING)
        self.run("suishend", "--join", f"https://{other.address}", "--state", self.state, "--certificate", certificate,
                 "--certificate-key", key, "--authority", authority.certificate)
        self.change_settings({"storage": f' "{self.url(nodes)}"', "tilesEndpoint": f' "{self.endpoint}"',
                              "listen": " none"})

    def change_settings(self, values):
        """Replaces settings, each by the text behind its colon, with the lines that are indented below them."""
        path = os.path.join(self.state, "suishend.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for name, value in values.items():
            text, count = re.subn(rf"^{name}:.*$(\n[ ]+.*$)*", lambda _: f"{name}:{value}", text, flags=re.M)
            assert count == 1, f"the settings have {count} lines for {name}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def start(self):
        with open(self.errors, "ab") as log:
            self.process = self.member.popen([os.path.join(self.binaries, "suishend"), "--state", self.state],
                                             stderr=log, stdout=log, stdin=subprocess.DEVNULL)
        self.is_wanted = True

    def wait_until_ready(self, seconds=START_SECONDS_MAX):
        """Returns once the daemon serves, and both logs take entries."""
        end = time.monotonic() + seconds
        health = "nothing"
        while time.monotonic() < end:
            try:
                status, health = self.get("/v1/health", 5)
                if status == 200 and health["log"] == health["acts"] == "ok":
                    return
            except (OSError, http.client.HTTPException) as error:
                health = error
            self.require_running()
            time.sleep(0.1)
        raise RuntimeError(f"{self.name} is not ready in {seconds} s; its health is {health}")

    def require_running(self):
        if self.is_wanted and self.process.poll() is not None:
            status = self.process.returncode
            self.is_wanted = False
            self.ends.append(status)
            with open(self.errors, encoding="utf-8", errors="replace") as log:
                raise RuntimeError(f"{self.name} ended by itself with {status}: {log.read()[-1000:]}")

    def get(self, path, seconds=30):
        return self.request("GET", path, None, {}, seconds)

    def post(self, path, body, headers, seconds=30):
        return self.request("POST", path, json.dumps(body), {"Content-Type": "application/json"} | headers, seconds)

    def request(self, method, path, text, headers, seconds):
        connection = cluster_clients.Connection(self.socket, seconds)
        try:
            connection.request(method, path, text, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.require_running()
        self.is_wanted = False
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Ends the daemon as systemd does; gives its status."""
        self.require_running()
        self.is_wanted = False
        self.process.terminate()
        return self.process.wait(60)

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

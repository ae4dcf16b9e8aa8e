"""The object storage of a cluster test: moto behind the gate of tools/s3_server.py, and each member's relay to it."""
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

import s3_server

HERE = os.path.dirname(os.path.abspath(__file__))
TILES, PRIVATE, PREFIX = "tiles", "private", "log"
ASK_SECONDS_MAX = 10


class ObjectStorage:
    def __init__(self, network, folder):
        port_file = os.path.join(folder, "s3-port")
        self.log = open(os.path.join(folder, "s3.log"), "ab")
        self.server = subprocess.Popen([sys.executable, os.path.join(HERE, "s3_server.py"), port_file, network.address],
                                       stdout=self.log, stderr=self.log)
        while not os.path.exists(port_file):
            if self.server.poll() is not None:
                raise RuntimeError("the object storage does not start; s3.log says why")
            time.sleep(0.02)
        with open(port_file, encoding="utf-8") as file:
            self.host, self.port = network.address, int(file.read())
        self.address = f"http://{self.host}:{self.port}"
        self.relays = []
        for bucket in (TILES, PRIVATE):
            self.order(bucket=bucket, make=True)
        self.order(bucket=TILES, public=True)
        [(access, secret)] = list(s3_server.KEYS.items())[:1]
        self.credentials = os.path.join(folder, "s3-credentials")
        with open(os.open(self.credentials, os.O_WRONLY | os.O_CREAT, 0o400), "w", encoding="utf-8") as file:
            file.write(f"aws_access_key_id = {access}\naws_secret_access_key = {secret}\n")

    def relay(self, member):
        """Starts a relay on a member; gives its process and its address there."""
        process = member.popen([sys.executable, os.path.join(HERE, "cluster_relay.py"), self.host, str(self.port)],
                               stdout=subprocess.PIPE, text=True)
        self.relays.append(process)
        return process, f"http://127.0.0.1:{int(process.stdout.readline())}"

    def post(self, path, body=b"{}"):
        request = urllib.request.Request(f"{self.address}{path}", data=body, method="POST")
        with urllib.request.urlopen(request, timeout=ASK_SECONDS_MAX) as response:
            return response.read()

    def order(self, **order):
        """Gives an order to the gate; tools/s3_server.py lists them."""
        self.post("/~faults", json.dumps(order).encode())

    def fault(self, name, method, **more):
        self.order(bucket=TILES, fault=name, method=method, **more)

    def clear(self):
        self.order(bucket=TILES, clear=True)
        self.order(bucket=PRIVATE, clear=True)

    def get(self, key):
        """An object that everybody may read; None where there is none."""
        try:
            with urllib.request.urlopen(f"{self.address}/{TILES}/{key}", timeout=ASK_SECONDS_MAX) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def download(self, log, folder):
        """Copies a log's files into a folder, as an auditor would, in place of what it held."""
        shutil.rmtree(folder, ignore_errors=True)
        beginning = f"{PREFIX}/{log}/"
        for key in self.post(f"/~keys?{TILES}").decode().splitlines():
            if key.startswith(beginning):
                path = os.path.join(folder, key[len(beginning):])
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(self.get(key))

    def close(self):
        for process in [*self.relays, self.server]:
            process.kill()
            process.wait()
        self.log.close()

"""Fetches every checkpoint that a daemon or the bucket of a cluster test shows."""
import http.client
import threading
import time
import urllib.error

import cluster_clients
import cluster_storage

LOGS = ("log", "acts")
PAUSE_SECONDS = 0.1
ASK_SECONDS_MAX = 5


def size_of(note):
    """The number of entries that a checkpoint states, by its second line (C2SP tlog-checkpoint)."""
    return int(note.split(b"\n")[1])


class Watcher:
    """For each address and log, every checkpoint in the order in which it was shown."""

    def __init__(self, daemons, storage):
        self.shown = {(place.name, log): [] for place in daemons for log in LOGS}
        self.shown |= {("the bucket", log): [] for log in LOGS}
        self.faults = []
        self.has_ended = threading.Event()
        self.fetchers = {(place.name, log): self.fetcher_of(place, log) for place in daemons for log in LOGS}
        self.fetchers |= {("the bucket", log): lambda log=log: storage.get(f"{cluster_storage.PREFIX}/{log}/checkpoint")
                          for log in LOGS}
        self.threads = []

    @staticmethod
    def fetcher_of(daemon, log):
        def fetch():
            connection = cluster_clients.Connection(daemon.socket, ASK_SECONDS_MAX)
            try:
                connection.request("GET", f"/{log}/checkpoint")
                response = connection.getresponse()
                content = response.read()
                return content if response.status == 200 else None
            finally:
                connection.close()
        return fetch

    def watch(self, place, fetch):
        seen = self.shown[place]
        while not self.has_ended.is_set():
            try:
                note = fetch()
            except (OSError, http.client.HTTPException, urllib.error.URLError):
                note = None
            if note and (not seen or seen[-1] != note):
                if seen and size_of(note) < size_of(seen[-1]):
                    self.faults.append(f"the {place[1]} of {place[0]} went from {size_of(seen[-1])} entries back to "
                                       f"{size_of(note)}")
                seen.append(note)
            time.sleep(PAUSE_SECONDS)

    def start(self):
        """Watches from now on, also once more after a stop."""
        self.has_ended.clear()
        self.threads = [threading.Thread(target=self.watch, args=(place, fetch), daemon=True)
                        for place, fetch in self.fetchers.items()]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.has_ended.set()
        for thread in self.threads:
            thread.join()

    def notes(self, log):
        """Every different checkpoint of a log."""
        return {note for (_, name), seen in self.shown.items() if name == log for note in seen}

    def newest_size(self, place, log):
        return size_of(self.shown[(place, log)][-1]) if self.shown[(place, log)] else 0

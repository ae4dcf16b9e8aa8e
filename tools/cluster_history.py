"""What clients of a cluster test asked and were answered."""
import collections
import threading
import time

Change = collections.namedtuple("Change", "kind at value")
Keyed = collections.namedtuple("Keyed", "route body answer tries")


class History:
    """The acknowledged changes of all clients, the answers to idempotency keys, and everything that was wrong."""

    def __init__(self):
        self.lock = threading.Lock()
        self.changes = []
        self.keyed = {}
        self.refusals = collections.Counter()
        # The events of batches that were answered with "nothing was done".
        self.refused_marks = set()
        self.faults = []
        self.objects = []
        self.tried_codes = collections.Counter()
        self.last_by_daemon = {}

    def note(self, kind, value, daemon):
        with self.lock:
            now = time.monotonic()
            self.changes.append(Change(kind, now, value))
            self.last_by_daemon[daemon] = now
            if kind == "object":
                self.objects.append(value["subject"])

    def note_answer(self, key, route, body, answer, tries):
        with self.lock:
            self.keyed[key] = Keyed(route, body, answer, tries)

    def fault(self, words):
        with self.lock:
            if words not in self.faults:
                self.faults.append(words)

    def refuse(self, code):
        with self.lock:
            self.refusals[code] += 1

    def note_refusal(self, mark):
        with self.lock:
            self.refused_marks.add(mark)

    def try_code(self, subject, count=1):
        with self.lock:
            self.tried_codes[subject] += count

    def of(self, kind, since=0):
        """The acknowledged values of a kind, from the change with the number `since` on."""
        with self.lock:
            return [change.value for change in self.changes[since:] if change.kind == kind]

    def longest_pause(self, begin, end):
        """The longest time within which no change was acknowledged."""
        with self.lock:
            times = [change.at for change in self.changes if begin <= change.at <= end]
        return max((after - before for before, after in zip([begin, *times], [*times, end])), default=0)

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

    def position(self):
        """The numbers of changes and of keys up to now."""
        with self.lock:
            return len(self.changes), len(self.keyed)

    def without(self, first, last):
        """The history that a return leaves: events stay, and all else between two positions is forgotten."""
        left = History()
        left.faults, left.refusals, left.refused_marks = self.faults, self.refusals, self.refused_marks
        left.objects, left.tried_codes, left.last_by_daemon = self.objects, self.tried_codes, self.last_by_daemon
        left.changes = [change for number, change in enumerate(self.changes)
                        if change.kind == "event" or not first[0] <= number < last[0]]
        left.keyed = {key: keyed for number, (key, keyed) in enumerate(self.keyed.items())
                      if not first[1] <= number < last[1]}
        return left

    def longest_pause(self, begin, end):
        """The longest time within which no change was acknowledged."""
        with self.lock:
            times = [change.at for change in self.changes if begin <= change.at <= end]
        return max((after - before for before, after in zip([begin, *times], [*times, end])), default=0)

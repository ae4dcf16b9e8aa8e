"""The clients of a cluster test: they ask over the daemons' sockets until they are answered."""
import http.client
import json
import secrets
import socket
import threading
import time

USCC = "91350100M000100Y43"
WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
# One that may switch to the other daemon soon does so; one that stays waits out a commit with an unknown outcome.
SWITCHING_SECONDS, STAYING_SECONDS = 5, 30
BATCH, LARGE_BATCH = 40, 512
OBJECTS_MAX = 60
# The only status of a refusal, also of a batch's line.
LATER = 503
BURST_PAUSE_SECONDS = 0.2


class Connection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("suishend", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def resident_id(number):
    """A valid number of a person, a new one for each `number`."""
    day = f"{number // 336_000 % 100 + 1900}{number // 28_000 % 12 + 1:02}{number // 1000 % 28 + 1:02}"
    digits = f"310101{day}{number % 1000:03}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS)) % 11]


class Client(threading.Thread):
    """One client; `modes` may be changed while it runs."""

    numbers = iter(range(1, 1 << 30))
    numbering = threading.Lock()

    def __init__(self, daemons, home, may_switch, history, draw):
        super().__init__(daemon=True)
        self.daemons, self.home, self.may_switch, self.history, self.draw = daemons, home, may_switch, history, draw
        self.connections = {}
        self.persons, self.codes = [], []
        self.mode = "mixed"
        # The only daemon that gets bursts; None for both.
        self.target = None
        self.has_ended = threading.Event()
        self.may_begin = threading.Event()
        self.may_begin.set()
        # After the end, a request under way is repeated until this time.
        self.deadline = float("inf")

    def run(self):
        try:
            while not self.has_ended.is_set():
                if not self.may_begin.wait(0.1):
                    continue
                self.step()
                time.sleep(self.draw.uniform(0.005, 0.06) if self.mode == "mixed" else BURST_PAUSE_SECONDS)
        except Exception as error:  # A fault of the test itself must not go unseen.
            self.history.fault(f"a client of the test ended by an error: {error!r}")

    def step(self):
        if self.mode == "bursts":
            return self.append_batch(LARGE_BATCH) if self.history.objects else self.register_object()
        if len(self.history.objects) < 4 or len(self.history.objects) < OBJECTS_MAX and self.draw.random() < 0.05:
            return self.register_object()
        if not self.persons or self.draw.random() < 0.15:
            return self.register_person()
        actions = [(self.issue, 4), (self.issue_batch, 1), (self.append, 5), (self.append_batch, 1), (self.revoke, 2)]
        action = self.draw.choices([one for one, _ in actions], [weight for _, weight in actions])[0]
        return action()

    def register_person(self):
        with Client.numbering:
            number = next(Client.numbers)
        answer = self.ask("/v1/persons", {"residentId": resident_id(number)}, "person")
        if answer:
            self.persons = self.persons[-40:] + [answer["subject"]]

    def register_object(self):
        name = f"mark-{secrets.token_hex(8)}"
        body = {"kind": "object", "manager": USCC, "category": "elevator", "name": name}
        self.ask("/v1/objects", body, "object", name=name)

    def issue(self):
        subject = self.draw.choice(self.persons)
        body = {"subject": subject, "kind": "paper"}
        if self.draw.random() < 0.5:
            body = {"subject": subject, "kind": "chain", "anchor": secrets.token_hex(16)}
        self.history.try_code(subject)
        answer = self.ask("/v1/codes", body, "code", subject=subject)
        if answer:
            self.codes = self.codes[-200:] + [answer["cti"]]

    def issue_batch(self, count=BATCH):
        """Gives the number of codes that were answered."""
        subjects = [self.draw.choice(self.persons) for _ in range(count)]
        for subject in subjects:
            self.history.try_code(subject)
        answers = self.ask_lines("/v1/codes", [{"subject": subject, "kind": "paper"} for subject in subjects], "code",
                                 [{"subject": subject} for subject in subjects])
        self.codes = self.codes[-200:] + [answer["cti"] for answer in answers]
        return len(answers)

    def event(self):
        mark = f"mark-{secrets.token_hex(8)}"
        thing = self.draw.choice(self.history.objects)
        return {"object": thing, "step": "inspecting", "fields": {"mark": mark}}, {"object": thing, "mark": mark}

    def append(self):
        body, more = self.event()
        self.ask("/v1/events", body, "event", **more)

    def append_batch(self, count=BATCH):
        events = [self.event() for _ in range(count)]
        self.ask_lines("/v1/events", [body for body, _ in events], "event", [more for _, more in events])

    def revoke(self):
        if not self.codes:
            return
        target = self.codes.pop(self.draw.randrange(len(self.codes)))
        answer = self.ask("/v1/revocations", {"target": target}, "revocation", cti=target)
        if answer and answer["revoked"] != 1:
            self.history.fault(f"the first revocation of {target} was answered {answer}")

    def ask(self, route, body, kind, **more):
        """Repeats one request with its key until it is answered; None where the test ends before."""
        key, tries, daemon = secrets.token_hex(16), 0, self.home
        while time.monotonic() < self.deadline:
            tries += 1
            status, answer = self.attempt(daemon, route, json.dumps(body), {"Idempotency-Key": key})
            if status == 200:
                self.history.note(kind, more | answer, daemon.name)
                self.history.note_answer(key, route, body, answer, tries)
                return answer
            if status not in (None, LATER):
                self.history.fault(f"{daemon.name} answered {route} with {status} {answer}")
                return None
            if self.may_switch:
                daemon = self.draw.choice(self.daemons)
            time.sleep(self.draw.uniform(0.05, 0.3))
        self.history.fault(f"{route} was not answered before the end of the test")
        return None

    def attempt(self, daemon, route, text, headers):
        """Status and answer of one request; None for a connection that gave none."""
        try:
            connection = self.connection(daemon)
            connection.request("POST", route, text, {"Content-Type": "application/json"} | headers)
            response = connection.getresponse()
            content = response.read()
            answer = json.loads(content)
        except (OSError, http.client.HTTPException):
            self.forget(daemon)
            return None, None
        except ValueError:
            self.history.fault(f"{daemon.name} answered {route} with {response.status} and {content[:200]!r}")
            self.forget(daemon)
            return None, None
        if response.status == LATER:
            self.history.refuse(answer["error"]["code"])
            if not response.headers["Retry-After"]:
                self.history.fault(f"{daemon.name} answered {route} with {answer['error']['code']} without Retry-After")
        return response.status, answer

    def ask_lines(self, route, bodies, kind, more):
        """Sends a batch once: a line without an answer was done or not, and nobody will know."""
        daemon = self.draw.choice(self.daemons) if self.may_switch else self.home
        if self.mode == "bursts":
            daemon = self.target or daemon
        text = "".join(json.dumps(body) + "\n" for body in bodies)
        answers = []
        try:
            connection = self.connection(daemon)
            connection.request("POST", route, text, {"Content-Type": "application/x-ndjson"})
            response = connection.getresponse()
            if response.status != 200:
                answer = json.loads(response.read())
                if response.status != LATER:
                    self.history.fault(f"{daemon.name} answered a batch to {route} with {response.status} {answer}")
                self.history.refuse(answer["error"]["code"])
                return []
            for line, extra in zip(iter(response.readline, b""), more):
                if not line.endswith(b"\n"):
                    break
                answer = json.loads(line)
                if "error" not in answer:
                    answers.append(answer)
                    self.history.note(kind, extra | answer, daemon.name)
                    continue
                self.history.refuse(answer["error"]["code"])
                # These lines are never sent again, so what the answer says of them stays true.
                if answer["error"]["code"] != "commit_unknown" and "mark" in extra:
                    self.history.note_refusal(extra["mark"])
                if answer["error"].get("status") != LATER:
                    self.history.fault(f"{daemon.name} answered a line of a batch to {route} with {answer}")
            response.read()
        except (OSError, http.client.HTTPException):
            self.forget(daemon)
        return answers

    def connection(self, daemon):
        if daemon.name not in self.connections:
            self.connections[daemon.name] = Connection(
                daemon.socket, SWITCHING_SECONDS if self.may_switch else STAYING_SECONDS)
        return self.connections[daemon.name]

    def forget(self, daemon):
        connection = self.connections.pop(daemon.name, None)
        if connection:
            connection.close()

"""Object storage for tests: moto behind a gate that checks signatures and makes faults on demand.

Usage: .venv/bin/python tools/s3_server.py PORT_FILE [ADDRESS=127.0.0.1]

The gate stands in the same process, in front of moto's application. It signs every request again with botocore, and
refuses one whose signature differs, whose time is 15 minutes off, or whose bucket is closed to its keys. It serves one
write at a time, so that moto's conditions are checked and kept in one step. It ends when its parent does.

Tests give orders with POST /~faults and a JSON object; `bucket` names the bucket that it is for:
  {"bucket", "make": true}                       makes the bucket
  {"bucket", "rights": "all"|"no-list"|"read"}   what the bucket's keys may do; "public": everybody may read
  {"bucket", "put": KEY, "text": TEXT}           puts an object, past every fault
  {"bucket", "delete": KEY}                      deletes an object, past every fault
  {"bucket", "fill": PREFIX, "count": N}         puts many objects
  {"bucket", "fault": NAME, "method", "ends", "part", "skip", "count", "seconds"}
      the next `count` requests with this method whose path ends so and has this part meet the fault, once `skip`
      others have passed:
      a status such as "503", "drop-before", "drop-after", "status-after" (500 after the write), "delay",
      "ignore-conditions", "invert-conditions", "write-412" (412 after the write), "hold" (never answers),
      "stop-before" and "stop-after" (stops the process `pid` before or after the request is served, then answers)
  {"bucket", "clear": true}                      takes back every fault
POST /~keys?BUCKET answers with the keys of its objects, one a line, POST /~object?BUCKET/KEY with an object's bytes,
and POST /~requests?BUCKET with the requests so far: method, path, fields, and how many writes ran at once.
"""
import datetime
import hashlib
import io
import json
import os
import signal
import socket
import sys
import threading
import time

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.s3.models import s3_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

KEYS = {"AKIATESTONLY": "test-only/secret+of=the/object.storage", "AKIAOTHERTEST": "another/test-only+secret"}
SKEW_SECONDS = 15 * 60
OWN_AUTHORIZATION = ("AWS4-HMAC-SHA256 Credential=AKIATESTONLY/20260101/us-east-1/s3/aws4_request, "
                     "SignedHeaders=host, Signature=0")


class Bucket:
    def __init__(self):
        self.rights, self.public, self.faults, self.requests = "all", False, [], []
        self.writing = threading.Lock()
        self.at_once = self.most_at_once = 0


class Gate:
    def __init__(self):
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.buckets = {}
        self.lock = threading.Lock()

    def bucket(self, name):
        with self.lock:
            return self.buckets.setdefault(name, Bucket())

    def __call__(self, environ, start):
        path = environ.get("RAW_URI") or environ["REQUEST_URI"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if path.startswith("/~"):
            return self.order(path, body, start)
        host = environ["HTTP_HOST"].split(":")[0]
        name = host.split(".")[0] if host.endswith(".localhost") else path.split("?")[0].split("/")[1]
        bucket = self.bucket(name)
        method = environ["REQUEST_METHOD"]
        fields = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
        fields |= {"content-type": environ["CONTENT_TYPE"]} if environ.get("CONTENT_TYPE") else {}
        with self.lock:
            bucket.requests.append({"method": method, "path": path, "fields": fields})
            bucket.at_once += method == "PUT"
            bucket.most_at_once = max(bucket.most_at_once, bucket.at_once)
        try:
            return self.answer(bucket, method, path, fields, body, environ, start)
        finally:
            with self.lock:
                bucket.at_once -= method == "PUT"

    def answer(self, bucket, method, path, fields, body, environ, start):
        fault = self.fault(bucket, method, path)
        kind = fault and fault["fault"]
        if kind == "delay":
            time.sleep(fault["seconds"])
        if kind == "hold":
            time.sleep(3600)
        if kind == "stop-before":
            os.kill(fault["pid"], signal.SIGSTOP)
        if kind and kind.isdigit():
            return error(start, int(kind), {"409": "ConditionalRequestConflict", "412": "PreconditionFailed",
                                            "503": "SlowDown"}.get(kind, "InternalError"))
        if kind == "drop-before":
            return drop(environ)
        refusal = self.refusal(bucket, method, path, fields, body)
        if refusal:
            return error(start, 403, refusal)
        # Who may read is decided here; moto asks for some authorization of its own.
        environ = environ | {"HTTP_AUTHORIZATION": fields.get("authorization", OWN_AUTHORIZATION)}
        if kind in ("ignore-conditions", "invert-conditions", "write-412"):
            environ = without_conditions(environ)
        with bucket.writing:
            if kind == "invert-conditions" and method == "PUT" and "if-none-match" in fields:
                if self.ask(environ | {"REQUEST_METHOD": "GET", "CONTENT_LENGTH": "0"}, b"")[0] == 404:
                    return error(start, 412, "PreconditionFailed")
            status, headers, answer = self.ask(environ, body)
        if status == 404 and bucket.rights == "no-list" and b"NoSuchKey" in answer:
            return error(start, 403, "AccessDenied")
        if kind == "drop-after":
            return drop(environ)
        if kind == "stop-after":
            os.kill(fault["pid"], signal.SIGSTOP)
        if kind in ("status-after", "write-412"):
            return error(start, 500 if kind == "status-after" else 412, "InternalError")
        start(f"{status} {'OK' if status < 300 else 'No'}", headers)
        return [answer]

    def fault(self, bucket, method, path):
        with self.lock:
            for fault in bucket.faults:
                is_meant = fault["method"] in ("", method) and path.split("?")[0].endswith(fault["ends"])
                if is_meant and fault["part"] in path and fault["count"]:
                    if fault["skip"]:
                        fault["skip"] -= 1
                        continue
                    fault["count"] -= 1
                    return fault
        return None

    def ask(self, environ, body):
        answered = []
        given = environ | {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        parts = self.moto(given, lambda status, headers, *_: answered.append((status, headers)))
        answer = b"".join(parts)
        status, headers = answered[0]
        kept = [(name, value) for name, value in headers if name.lower() not in ("connection", "transfer-encoding")]
        if not any(name.lower() == "content-length" for name, _ in kept) and int(status[:3]) not in (204, 304):
            kept.append(("Content-Length", str(len(answer))))
        return int(status[:3]), kept, answer

    def refusal(self, bucket, method, path, fields, body):
        """Why the request is refused, as S3 says it; None where it is not."""
        if "authorization" not in fields:
            return None if bucket.public and method in ("GET", "HEAD") and "?" not in path else "AccessDenied"
        parts = dict(part.split("=", 1) for part in fields["authorization"].split(" ", 1)[1].replace(" ", "").split(","))
        access, day, region, service, end = parts["Credential"].split("/")
        if access not in KEYS:
            return "InvalidAccessKeyId"
        given = datetime.datetime.strptime(fields["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        if abs(given.timestamp() - time.time()) > SKEW_SECONDS:
            return "RequestTimeTooSkewed"
        names = parts["SignedHeaders"].split(";")
        needed = {"host", "x-amz-date", "x-amz-content-sha256"} | {name for name in fields if name.startswith("if-")}
        if not needed <= set(names) or (service, end) != ("s3", "aws4_request") or day != fields["x-amz-date"][:8]:
            return "SignatureDoesNotMatch"
        if fields["x-amz-content-sha256"] != hashlib.sha256(body).hexdigest():
            return "XAmzContentSHA256Mismatch"
        request = AWSRequest(method=method, url=f"http://{fields['host']}{path}", data=body,
                             headers={name: fields[name] for name in names})
        signer = S3SigV4Auth(Credentials(access, KEYS[access]), "s3", region)
        request.context["timestamp"] = fields["x-amz-date"]
        text = signer.string_to_sign(request, signer.canonical_request(request))
        if signer.signature(text, request) != parts["Signature"]:
            return "SignatureDoesNotMatch"
        if access == "AKIAOTHERTEST" or bucket.rights == "read" and method not in ("GET", "HEAD"):
            return "AccessDenied"
        return "AccessDenied" if bucket.rights == "no-list" and "list-type" in path else None

    def order(self, path, body, start):
        if path.startswith("/~requests"):
            bucket = self.bucket(path.partition("?")[2])
            return told(start, {"requests": bucket.requests, "atOnce": bucket.most_at_once})
        if path.startswith("/~keys"):
            name = path.partition("?")[2]
            keys = [key for key in s3_backends["123456789012"]["aws"].buckets[name].keys]
            return told(start, "\n".join(keys))
        if path.startswith("/~object"):
            name, _, key = path.partition("?")[2].partition("/")
            return told(start, s3_backends["123456789012"]["aws"].buckets[name].keys[key].value)
        order = json.loads(body)
        name, bucket = order["bucket"], self.bucket(order["bucket"])
        if order.get("make"):
            self.ask(local("PUT", f"/{name}"), b"")
        if "rights" in order:
            bucket.rights = order["rights"]
        if "public" in order:
            bucket.public = order["public"]
        if "put" in order:
            self.ask(local("PUT", f"/{name}/{order['put']}"), order["text"].encode())
        if "delete" in order:
            self.ask(local("DELETE", f"/{name}/{order['delete']}"), b"")
        for number in range(order["count"] if "fill" in order else 0):
            s3_backends["123456789012"]["aws"].put_object(name, f"{order['fill']}{number}", b"x")
        if "fault" in order:
            with self.lock:
                bucket.faults.append({"method": "", "ends": "", "part": "", "skip": 0, "count": 1, "seconds": 1}
                                     | order)
        if order.get("clear"):
            with self.lock:
                bucket.faults = []
        return told(start, {})


def local(method, path):
    """A request of the gate's own."""
    return {"REQUEST_METHOD": method, "PATH_INFO": path, "RAW_URI": path, "REQUEST_URI": path, "QUERY_STRING": "",
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "HTTP_HOST": "localhost", "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http", "wsgi.version": (1, 0), "wsgi.errors": sys.stderr, "wsgi.multithread": True,
            "wsgi.multiprocess": False, "wsgi.run_once": False, "HTTP_AUTHORIZATION": OWN_AUTHORIZATION}


def without_conditions(environ):
    return {key: value for key, value in environ.items() if key not in ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH")}


def drop(environ):
    """Ends the connection without an answer."""
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


def error(start, status, code):
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>A test.</Message></Error>'
    start(f"{status} No", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
    return [body.encode()]


def told(start, value):
    body = value if isinstance(value, (bytes, str)) else json.dumps(value)
    body = body.encode() if isinstance(body, str) else body
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


class Quiet(WSGIRequestHandler):
    # Answers that wait for an acknowledgement of their first part would take 40 ms each.
    disable_nagle_algorithm = True

    def log(self, *_):
        pass


def end_with_parent():
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def main():
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "unused")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "unused")
    threading.Thread(target=end_with_parent, daemon=True).start()
    address = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"
    server = make_server(address, 0, Gate(), threaded=True, request_handler=Quiet)
    with open(sys.argv[1] + ".part", "w") as file:
        file.write(f"{server.server_port}\n")
    os.rename(sys.argv[1] + ".part", sys.argv[1])
    server.serve_forever()


if __name__ == "__main__":
    main()

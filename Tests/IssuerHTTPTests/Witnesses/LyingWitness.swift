import TestSupport

/// A server in place of a witness, which is slow, broken or a liar; how it behaves stands in a file.
final class LyingWitness {
    private let folder: ScratchFolder
    private let server: PythonServer

    /// The ways of an untrue witness.
    enum Way: String, CaseIterable {
        /// One byte a second, without an end.
        case drip
        /// Takes the connection, and says nothing.
        case silent
        /// The true answer with one bit of the signature changed.
        case flipped
        /// The answer to the first checkpoint it saw, for every later one.
        case replayed
        /// A body that does not end.
        case huge
        case redirect
        /// Claims 1,000,000 entries more, without any proof.
        case ahead
        /// Claims the size that it was just asked from.
        case stubborn
        case unknown
        case forbidden
        case unprocessable
        case broken
        case garbage
    }

    /// Starts a server before a true witness.
    init(before witness: WitnessProcess, _ way: Way) throws {
        folder = try ScratchFolder()
        try folder.write(Array(way.rawValue.utf8), to: "way")
        server = try PythonServer(Self.script, [folder.path, String(witness.port)], portFile: folder("port"))
    }

    var url: String { "http://127.0.0.1:\(server.port)/prefix" }

    /// The number of requests so far.
    var requestCount: Int { ((try? ProjectFiles.bytes(folder("count"))) ?? []).count }

    /// Behaves in another way from the next request on; nil for truth.
    func change(to way: Way?) throws {
        try folder.write(Array((way?.rawValue ?? "true").utf8), to: "way")
    }

    private static let script = """
        import http.client, http.server, re, sys, time
        folder, port = sys.argv[1], int(sys.argv[2])
        first = []
        STATUSES = {"unknown": 404, "forbidden": 403, "unprocessable": 422, "broken": 500}

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *_): pass
            def answer(self, status, body, **fields):
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def forward(self, method, body):
                true = http.client.HTTPConnection("127.0.0.1", port)
                true.request(method, self.path.removeprefix("/prefix"), body)
                answer = true.getresponse()
                return answer.status, answer.read()
            def do_GET(self):
                way = open(folder + "/way").read()
                if way == "true":
                    return self.answer(*self.forward("GET", None))
                self.answer(404, b"")
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with open(folder + "/count", "ab") as count:
                    count.write(b".")
                way = open(folder + "/way").read()
                old = int(re.match(b"old ([0-9]+)", body)[1])
                if way == "drip":
                    self.send_response(200)
                    self.send_header("Content-Length", "1000")
                    self.end_headers()
                    for _ in range(1000):
                        self.wfile.write(b"x")
                        self.wfile.flush()
                        time.sleep(1)
                elif way == "silent":
                    time.sleep(1000)
                elif way == "huge":
                    self.send_response(200)
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    while True:
                        self.wfile.write(b"10000\\r\\n" + b"x" * 65536 + b"\\r\\n")
                elif way == "redirect":
                    self.answer(307, b"", Location="http://127.0.0.1:%d/add-checkpoint" % port)
                elif way == "ahead":
                    self.answer(409, b"1000000\\n", **{"Content-Type": "text/x.tlog.size"})
                elif way == "stubborn":
                    self.answer(409, b"%d\\n" % old, **{"Content-Type": "text/x.tlog.size"})
                elif way == "garbage":
                    self.answer(200, "— w x\\n— \\n".encode())
                elif way in STATUSES:
                    self.answer(STATUSES[way], b"no\\n")
                else:
                    status, answer = self.forward("POST", body)
                    if way == "flipped" and status == 200:
                        answer = answer[:-9] + bytes([answer[-9] ^ 1]) + answer[-8:]
                    if way == "replayed" and status == 200:
                        first.append(answer)
                        answer = first[0]
                    self.answer(status, answer)

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.handle_error = lambda *_: None
        with open(folder + "/port", "w") as file:
            file.write("%d\\n" % server.server_address[1])
        server.serve_forever()
        """
}

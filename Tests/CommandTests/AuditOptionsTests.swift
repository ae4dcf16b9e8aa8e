import Encoding
import Signing
import TestSupport
import Testing
import TraceLog

/// Compares an installation's own log with anchors, witnesses and openings, option by option.
@Suite("chain-verify's options, on an installation's log")
struct AuditOptionsTests {
    /// A server that ends by itself, because children inherit a test's signal mask; it writes its address to a file.
    private static let server = """
        import functools, gzip, http.server, os, pathlib, sys, threading
        mode, folder, port = sys.argv[1:]
        life = threading.Timer(20, os._exit, [0])
        life.daemon = True
        life.start()
        body = b"log.example/log\\n1\\n" * 4096
        headers = {
            "redirect": {"Location": "/elsewhere"}, "long": {"Content-Length": "100000"},
            "short": {"Content-Length": "100"}, "bomb": {"Content-Encoding": "gzip"},
            "chunked": {"Transfer-Encoding": "chunked"},
        }
        class Hostile(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_GET(self):
                self.close_connection = True
                self.send_response(302 if mode == "redirect" else 500 if mode == "broken" else 200)
                for name, value in headers.get(mode, {}).items(): self.send_header(name, value)
                self.end_headers()
                try:
                    if mode == "long" or mode == "short": self.wfile.write(body[:200])
                    if mode == "bomb": self.wfile.write(gzip.compress(bytes(1 << 26)))
                    while mode == "endless": self.wfile.write(body)
                    while mode == "chunked": self.wfile.write(b"%x\\r\\n%b\\r\\n" % (len(body), body))
                except OSError: pass
        class Busy(http.server.SimpleHTTPRequestHandler):
            waits = [(429, "1"), (503, "0")]
            def do_GET(self):
                if mode == "overloaded" or self.waits:
                    status, seconds = self.waits.pop(0) if self.waits else (503, "1")
                    self.send_response(status)
                    self.send_header("Retry-After", seconds)
                    self.send_header("Content-Length", "0")
                    return self.end_headers()
                super().do_GET()
        handler = Hostile
        class Coded(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = b'{"error":{"code":"%b"}}' % (b"host_unknown" if mode == "coded" else b"a [31mb")
                self.send_response(400)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
        if mode in ("coded", "miscoded"): handler = Coded
        if mode in ("busy", "overloaded"): handler = functools.partial(Busy, directory=folder)
        if mode == "log": handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
        served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        pathlib.Path(port).write_text(f"http://127.0.0.1:{served.server_port}\\n")
        served.serve_forever()
        """

    private let run: SuishenRun
    private let object: String
    private let key: String
    private let program = Program("chain-verify")

    init() throws {
        run = try SuishenRun()
        object = try run.object()
        try run.answer(["event", "append", object, "--step", "installing", "--personal", "inspector=张三"])
        key = try #require(try run.answer(["log", "key"])["key"]?.string)
    }

    private var log: String { run.folder("state/log") }

    private func audit(
        _ options: [String], log: String? = nil, script: String = "exec \"$0\" \"$@\""
    ) throws -> (status: Int32, code: String?, codes: [String]) {
        let words = ["audit"] + [log ?? self.log].filter { !$0.isEmpty }
        let outcome = try program.run(words + ["--key", key, "--json"] + options, script: script)
        let report = try? JSONValue.parse(outcome.output.utf8, byteCountMax: 1 << 20)
        let findings = (report?["findings"]?.array ?? []).compactMap { $0["code"]?.string }
        return (outcome.status, report?["code"]?.string ?? outcome.diagnostics, findings)
    }

    private func keep(_ name: String) throws -> String {
        try run.folder.write(ProjectFiles.bytes(log + "/checkpoint"), to: name)
    }

    @Test("every anchor is checked, and one anchor of another history refuses the log")
    func anchors() throws {
        let first = try keep("first")
        try run.answer(["event", "append", object, "--step", "inspecting"])
        let second = try keep("second")
        #expect(try audit(["--anchor", first, "--anchor", second]).status == 0)
        let other = try SuishenRun()
        try other.answer(["event", "append", other.object(), "--step", "installing"])
        let foreign = try run.folder.write(ProjectFiles.bytes(other.folder("state/log/checkpoint")), to: "foreign")
        #expect(try audit(["--anchor", first, "--anchor", foreign]).status != 0)
        // Serves the older checkpoint under an anchor of the newer one.
        try run.folder.write(ProjectFiles.bytes(first), to: "state/log/checkpoint")
        #expect(try audit(["--anchor", first, "--anchor", second]).status == 1)
    }

    @Test("the page's two commands decide, although the first one alone does not")
    func pageCommands() throws {
        let state = run.folder("audited")
        func chainVerify(_ words: [String]) throws -> Int32 { try program.run(words + ["--state", state]).status }
        #expect(try program.run(["object", object, log, "--key", key]).status == 2)
        #expect(try chainVerify(["audit", log, "--key", key]) == 2)
        #expect(try chainVerify(["object", object, log]) == 0)
    }

    @Test("the key of the issuer's other log is named as such, and is no sign of tampering")
    func otherLog() throws {
        let acts = try #require(try run.answer(["log", "key", "--log", "acts"])["key"]?.string)
        let (one, other) = (acts.prefix { $0 != "+" }, key.prefix { $0 != "+" })
        let reason = "the key is for \(one), this log is \(other)"
        let found = try program.run(["audit", log, "--key", acts])
        #expect(found.status == 2 && found.output.hasPrefix("undecided: checkpoint_signature\n"), "\(found)")
        #expect(found.output.contains(reason), "\(found)")
        let anchored = try program.run(["audit", log, "--key", acts, "--anchor", keep("anchor")])
        #expect(anchored.status == 2 && anchored.diagnostics.contains(reason), "\(anchored)")
        // Another operator's key under this name is none of it.
        let stranger = try NoteKey(
            name: String(one), kind: .ed25519, key: SigningKey.generate(.ed25519).verificationKey
        ).vkey
        #expect(try program.run(["audit", log, "--key", stranger]).status == 1)
        // A policy of one log serves the other, since the keys have the same bytes.
        let witness = try NoteKey(
            name: "w", kind: .cosignature, key: SigningKey.generate(.ed25519).verificationKey
        ).vkey
        let policy = try run.folder.write(Array("log \(key)\nwitness w \(witness)\nquorum w\n".utf8), to: "policy")
        let listed = try program.run(["audit", run.folder("state/acts"), "--key", acts, "--witness-policy", policy])
        #expect(listed.output.hasPrefix("undecided: unanchored\n"), "\(listed)")
    }

    @Test("known witnesses count towards the policy's quorum, and strangers do not")
    func witnesses() throws {
        var policy = ""
        for name in ["a", "b", "c", "stranger"] {
            let witness = try SigningKey.generate(.ed25519)
            try witness.write(to: run.folder("\(name).pem"))
            guard name != "stranger" else { continue }
            policy += "witness \(try NoteKey(name: name, kind: .cosignature, key: witness.verificationKey).vkey)\n"
        }
        let file = try run.folder.write(Array((policy + "quorum 2\n").utf8), to: "policy")
        func cosign(_ name: String) throws {
            let outcome = try program.run([
                "witness", log, "--name", name, "--key", run.folder("\(name).pem"), "--state",
                run.folder("\(name).state"), "--log-key", key, "--out", log + "/checkpoint",
            ])
            try #require(outcome.status == 0, "\(outcome.diagnostics)")
        }
        for (name, status) in [("a", Int32(2)), ("stranger", 2), ("c", 0)] {
            try cosign(name)
            #expect(try audit(["--witness-policy", file]).status == status, "\(name)")
        }
        let unreachable = try run.folder.write(Array((policy + "quorum 4\n").utf8), to: "unreachable")
        #expect(try audit(["--witness-policy", unreachable]).status == 2)
    }

    @Test("openings are compared with the commitments, and missing and wrong ones differ")
    func openings() throws {
        let anchor = try keep("anchor")
        let lines = try Program("suishen").run(["log", "openings", "--state", run.folder("state")]).output
        func audit(_ lines: String) throws -> [String] {
            let file = try run.folder.write(Array(lines.utf8), to: "openings")
            let found = try self.audit(["--anchor", anchor, "--openings", file])
            #expect((found.status == 0) == found.codes.isEmpty)
            return found.codes
        }
        #expect(lines.contains("张三"))
        #expect(try audit(lines).isEmpty)
        #expect(try audit("") == ["opening_missing"])
        #expect(try audit(lines.split(separator: "张三").joined(separator: "李四")).contains("opening_mismatch"))
    }

    @Test("tiles and checkpoint alone have their own results, and the verdict still needs an anchor")
    func parts() throws {
        func audit(_ more: [String]) throws -> (status: Int32, verdict: String?, tiles: String?, checkpoint: String?) {
            let words = ["audit", log, "--tiles-only", "--key", key, "--json"] + more
            let outcome = try program.run(words)
            let report = try JSONValue.parse(outcome.output.utf8, byteCountMax: 1 << 20)
            return (
                outcome.status, report["verdict"]?.string, report["tiles"]?.string, report["checkpoint"]?.string
            )
        }
        #expect(try audit([]) == (2, "undecided", "intact", "intact"))
        #expect(try audit(["--anchor", keep("anchor")]) == (0, "intact", "intact", "intact"))
        try run.answer(["event", "append", object, "--step", "inspecting"])
        var bytes = try ProjectFiles.bytes(log + "/tile/0/000.p/2")
        bytes[7] ^= 1
        try run.folder.write(bytes, to: "state/log/tile/0/000.p/2")
        #expect(try audit([]) == (1, "tampered", "tampered", "intact"))
    }

    @Test("an absent object has no events, and its absence is proved or undecided")
    func absent() throws {
        let outcome = try program.run(
            ["object", "0102030405060708", log, "--key", key, "--anchor", keep("anchor"), "--json"])
        let report = try JSONValue.parse(outcome.output.utf8, byteCountMax: 1 << 20)
        #expect(report["history"]?.array?.isEmpty ?? true)
        #expect(!outcome.output.contains("installing") && outcome.status != 1, "\(outcome.output)")
    }

    @Test("a web server serves the log like a folder, and a hostile server is read up to a limit, without a verdict")
    func servers() throws {
        let anchor = try keep("anchor")
        let server = try run.folder.write(Array(Self.server.utf8), to: "server.py")
        for (mode, status, code) in [
            ("log", Int32(0), "ok"), ("endless", 2, "[input_too_large]"), ("redirect", 2, "[input_unreadable]"),
            ("broken", 2, "[input_unreadable]"), ("long", 2, "[input_unreadable]"), ("bomb", 2, "[input_too_large]"),
            ("chunked", 2, "[input_too_large]"), ("short", 1, "checkpoint_signature"), ("busy", 0, "ok"),
            ("overloaded", 2, "[input_unreadable]"), ("coded", 2, "the server answers 400 (host_unknown) ["),
            ("miscoded", 2, "the server answers 400 ["),
        ] {
            let port = run.folder("\(mode).port")
            let script = """
                python3 \(server) \(mode) \(log) \(port) 2>/dev/null & server=$!
                for i in $(seq 500); do [ -s \(port) ] && break; sleep 0.02; done
                "$0" "$@" "$(cat \(port))"; status=$?; kill -KILL $server; exit $status
                """
            let found = try audit(["--anchor", anchor], log: "", script: script)
            #expect(found.status == status && found.code?.contains(code) == true, "\(mode): \(found)")
        }
    }
}

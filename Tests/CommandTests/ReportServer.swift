import Glibc
import TestSupport

/// A web server over a published tree that passes reports on to a daemon's socket, as nginx does; told to, it fails.
final class ReportServer {
    enum Behavior: String {
        case passes
        /// Answers 502 and passes nothing on.
        case fails
        /// Passes a report on, and answers 502 all the same, as after a time-out.
        case losesAnswer
        /// Answers 200 without the counter, as a portal does.
        case lies
        case redirects
        /// Passes a report on with a changed byte.
        case alters
    }

    private static let script = """
        import http.client, http.server, os, socket, sys
        tree, daemon, control, port_file, log = sys.argv[1:]
        class Daemon(http.client.HTTPConnection):
            def connect(self):
                self.sock = socket.socket(socket.AF_UNIX)
                self.sock.connect(daemon)
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *words): pass
            def answer(self, status, body=b"", fields={}):
                self.send_response(status)
                for name, value in fields.items(): self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def do_GET(self):
                path = os.path.normpath(self.path).lstrip("/")
                try: body = open(os.path.join(tree, path.removeprefix("gates/")), "rb").read()
                except OSError: return self.answer(404)
                self.answer(200, body)
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                parts = self.path.split("/")
                behavior = open(control).read().strip()
                if behavior == "alters": body = body.replace(b"counter", b"Counter")
                status, answer = 502, b"gone"
                if behavior in ("passes", "losesAnswer", "alters") and parts[:2] == ["", "gates"] and parts[3:] == ["report"]:
                    connection = Daemon("d")
                    connection.request("POST", f"/v1/gates/{parts[2]}/report", body, {"Content-Type": "application/json"})
                    response = connection.getresponse()
                    status, answer = response.status, response.read()
                with open(log, "ab") as file: file.write(str(status).encode() + b" " + body + b"\\n")
                if behavior == "losesAnswer": status, answer = 502, b"gone"
                if behavior == "lies": status, answer = 200, b"{}"
                if behavior == "redirects": return self.answer(307, b"", {"Location": "http://localhost:1/"})
                self.answer(status, answer)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        with open(port_file, "w") as file: file.write(f"{server.server_address[1]}\\n")
        server.serve_forever()
        """

    private let folder: ScratchFolder
    private let server: PythonServer

    /// The address of the published tree.
    var address: String { "http://127.0.0.1:\(server.port)/gates" }

    /// - Parameters:
    ///   - tree: the published tree.
    ///   - daemon: the daemon's socket.
    /// - Throws: when it cannot be started.
    init(tree: String, daemon: String) throws {
        folder = try ScratchFolder()
        try folder.write(Array("passes".utf8), to: "control")
        try folder.write([], to: "log")
        server = try PythonServer(
            Self.script, [tree, daemon, folder("control"), folder("port"), folder("log")], portFile: folder("port"))
    }

    /// Treats reports in a way from the next one on.
    func treat(_ behavior: Behavior) throws {
        try folder.write(Array(behavior.rawValue.utf8), to: "control.new")
        guard unsafe rename(folder("control.new"), folder("control")) == 0 else {
            throw MissingFile(path: folder("control"))
        }
    }

    /// Every report that was posted, with the daemon's status in front of its body.
    func posts() throws -> [(status: Int, body: String)] {
        let lines = String(decoding: try ProjectFiles.bytes(folder("log")), as: UTF8.self).split(separator: "\n")
        return lines.map { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            return (Int(parts[0]) ?? 0, String(parts[1]))
        }
    }
}

import Glibc
import TestSupport

/// A web server over a published tree, with ETags by content; told to, it treats a file as a hostile server would.
final class TreeServer {
    enum Behavior: String, CaseIterable {
        case honest, drips, hangs, floods, redirects, redirectsHome, fails, busy, truncates, saysLess, saysMore, noHTTP
        case stale
    }

    private static let script = """
        import hashlib, http.server, os, sys, time
        tree, control, port_file, log = sys.argv[1:]
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *words): pass
            def answer(self, status, body=b"", fields={}, length=None):
                with open(log, "a") as file: file.write(f"{status} {self.path}\\n")
                self.send_response(status)
                for name, value in fields.items(): self.send_header(name, value)
                if status != 304: self.send_header("Content-Length", str(len(body) if length is None else length))
                self.end_headers()
                if status != 304: self.wfile.write(body)
            def do_GET(self):
                try: self.get()
                except OSError: pass
                self.wfile.flush()
            def get(self):
                rules = dict(line.split() for line in open(control))
                path = os.path.normpath(self.path).lstrip("/")
                behavior = rules.get(path) or rules.get("*") or "honest"
                if behavior == "redirects": return self.answer(302, b"", {"Location": f"http://localhost:{port}/{path}"})
                if behavior == "redirectsHome": return self.answer(301, b"", {"Location": f"/other/{path}"})
                if behavior == "fails": return self.answer(500, b"fault")
                if behavior == "busy": return self.answer(503, b"busy")
                if behavior == "hangs": time.sleep(600)
                try: body = open(os.path.join(tree, path), "rb").read()
                except FileNotFoundError: return self.answer(404, b"none")
                tag = '"' + hashlib.sha256(body).hexdigest()[:20] + '"'
                asked = self.headers.get("If-None-Match")
                if behavior == "stale" and asked or asked == tag: return self.answer(304, b"", {"ETag": tag})
                if behavior in ("truncates", "saysMore"):
                    part = body[:len(body) // 2] if behavior == "truncates" else body
                    self.close_connection = True
                    return self.answer(200, part, {"ETag": tag}, len(part) + 100)
                if behavior == "saysLess":
                    self.close_connection = True
                    return self.answer(200, body, {"ETag": tag}, len(body) - 3)
                if behavior == "noHTTP":
                    self.close_connection = True
                    return self.wfile.write(body)
                if behavior == "drips":
                    self.answer(200, b"", {"ETag": tag}, len(body))
                    for byte in body:
                        self.wfile.write(bytes([byte]))
                        self.wfile.flush()
                        time.sleep(0.3)
                    return
                if behavior == "floods":
                    self.close_connection = True
                    self.send_response(200)
                    self.end_headers()
                    for _ in range(1 << 14): self.wfile.write(b" " * (1 << 16))
                    return
                self.answer(200, body, {"ETag": tag})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        port = server.server_address[1]
        with open(port_file, "w") as file: file.write(f"{port}\\n")
        server.serve_forever()
        """

    /// The folder that it serves.
    let tree: ScratchFolder
    private let folder: ScratchFolder
    private let server: PythonServer

    var address: String { "http://127.0.0.1:\(server.port)" }

    init() throws {
        (tree, folder) = try (ScratchFolder(), ScratchFolder())
        for name in ["control", "log"] { try folder.write([], to: name) }
        server = try PythonServer(
            Self.script, [tree.path, folder("control"), folder("port"), folder("log")], portFile: folder("port"))
    }

    /// Treats a file, or with `*` every file, in a way from the next request on; all others are treated honestly.
    func treat(_ path: String, _ behavior: Behavior) throws {
        try folder.write(Array("\(path) \(behavior.rawValue)\n".utf8), to: "control.new")
        guard unsafe rename(folder("control.new"), folder("control")) == 0 else {
            throw MissingFile(path: folder("control"))
        }
    }

    /// The answers since the last call, as `STATUS PATH`.
    func answers() throws -> [String] {
        let lines = String(decoding: try ProjectFiles.bytes(folder("log")), as: UTF8.self).split(separator: "\n")
        try folder.write([], to: "log")
        return lines.map(String.init)
    }
}

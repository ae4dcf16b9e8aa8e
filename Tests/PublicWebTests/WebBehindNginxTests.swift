import Glibc
import TestSupport
import Testing

/// A real nginx before the public pages, with the configuration of tools/nginx.
private final class PagesProxy {
    static let path = "/usr/sbin/nginx"

    /// Whether nginx is there; installed first where this user may do that.
    static let isInstalled: Bool = {
        if !ProjectFiles.exists(path), geteuid() == 0 {
            _ = try? Program(path: "/bin/bash").run(["\(ProjectFiles.root)/tools/setup", "--nginx"])
        }
        if !ProjectFiles.exists(path) { print("skips nginx: run tools/setup --nginx") }
        return ProjectFiles.exists(path)
    }()

    private let folder: ScratchFolder
    private var process: pid_t = 0

    init(before port: UInt16) throws {
        folder = try ScratchFolder()
        let shipped = String(
            decoding: try ProjectFiles.bytes("\(ProjectFiles.root)/tools/nginx/suishen-web.conf"), as: UTF8.self)
        let site = shipped.replacing("listen 8080;", with: "listen unix:\(folder("nginx.sock"));")
            .replacing("server 127.0.0.1:8490;", with: "server 127.0.0.1:\(port);")
        try #require(site.contains("nginx.sock") && site.contains(":\(port);"), "the lines to change are there")
        try folder.write(Array(site.utf8), to: "site.conf")
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "\($0)_temp_path \(folder("nginx-\($0)"));"
        }
        let main = """
            daemon off;
            pid \(folder("nginx.pid"));
            error_log \(folder("nginx.log")) info;
            worker_processes 1;
            events { worker_connections 256; }
            http { \(temporary.joined(separator: " ")) include \(folder("site.conf")); }
            """
        try folder.write(Array(main.utf8), to: "nginx.conf")
        unsafe chmod(folder.path, 0o755)
        var words: [UnsafeMutablePointer<CChar>?] =
            unsafe ([Self.path, "-p", folder.path, "-c", folder("nginx.conf")] as [String]).map { unsafe strdup($0) }
            + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        guard unsafe posix_spawn(&process, Self.path, nil, nil, &words, environ) == 0 else {
            throw MissingFile(path: Self.path)
        }
        for _ in 0..<2400 where !ProjectFiles.exists(folder("nginx.sock")) { usleep(25_000) }
        try #require(ProjectFiles.exists(folder("nginx.sock")))
    }

    deinit {
        // SIGQUIT lets a server end its workers too.
        kill(process, SIGQUIT)
        waitpid(process, nil, 0)
    }

    func ask(_ path: String, _ options: [String] = []) throws -> WireAnswer {
        let outcome = try Program(path: "/usr/bin/env").run(
            ["curl", "-s", "-S", "-i", "--path-as-is", "--unix-socket", folder("nginx.sock")] + options
                + ["http://\(WebInstallation.host)\(path)"])
        return try #require(WireAnswer(Array(outcome.output.utf8)), "\(outcome.diagnostics)")
    }
}

@Suite("The public pages behind nginx", .enabled(if: PagesProxy.isInstalled))
struct WebBehindNginxTests {
    private let installation: WebInstallation
    private let proxy: PagesProxy
    private let path: String

    init() throws {
        installation = try WebInstallation()
        path = try installation.path(of: try installation.object())
        proxy = try PagesProxy(before: try #require(installation.web).port)
    }

    @Test("come through as they are, compressed for clients that take it")
    func whole() throws {
        let direct = try installation.get(path, ["Accept": "text/html"])
        let through = try proxy.ask(path, ["-H", "Accept: text/html"])
        #expect(through.status == 200 && through.body == direct.body)
        for name in [
            "content-security-policy", "etag", "cache-control", "link", "referrer-policy", "x-content-type-options",
        ] {
            #expect(through.fields[name] == direct.fields[name], "\(name)")
        }
        let tag = try #require(direct.fields["etag"])
        #expect(try proxy.ask(path, ["-H", "Accept: text/html", "-H", "If-None-Match: \(tag)"]).status == 304)
        let packed = try proxy.ask(
            path, ["-H", "Accept: text/html", "-H", "Accept-Encoding: gzip", "-o", "/dev/null", "-D", "-"])
        #expect(packed.fields["content-encoding"] == "gzip" && packed.fields["vary"]?.contains("Accept") == true)
        #expect(
            try proxy.ask("/status/SH-object-lasting", ["-I"]).fields["content-type"] == "application/statuslist+cwt")
        #expect(try proxy.ask("/O/1", ["-H", "Accept: text/html"]).status == 400)
        #expect(try proxy.ask(path, ["-X", "DELETE"]).fields["allow"] == "GET, HEAD")
    }

    @Test("are protected also where nginx answers itself")
    func own() throws {
        let long = "/" + String(repeating: "a", count: 40_000)
        let large = ["-d", String(repeating: "x", count: 10_000)]
        for (path, options, status) in [(long, [], 414), (path + "/report", large, 413)] as [(String, [String], Int)] {
            let answer = try proxy.ask(path, options)
            #expect(answer.status == status && answer.fields["server"] == "nginx")
            #expect(answer.fields["content-security-policy"]?.contains("default-src 'none'") == true)
            #expect(
                answer.fields["x-content-type-options"] == "nosniff"
                    && answer.fields["referrer-policy"] == "no-referrer")
        }
        _ = try #require(installation.web).program.end(by: SIGTERM)
        let away = try proxy.ask(path)
        #expect(away.status == 502 && away.fields["content-security-policy"]?.contains("default-src 'none'") == true)
    }
}

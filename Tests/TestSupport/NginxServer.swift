import Glibc

/// A real nginx with a configuration of tools/nginx, on a UNIX socket of its own; it ends when the test lets go of it.
package final class NginxServer {
    private static let path = "/usr/sbin/nginx"
    /// The directive of every configuration that the socket's takes the place of.
    private static let port = "listen 8080;"

    /// Whether nginx is there; installed first where this user may do that.
    package static let isInstalled: Bool = {
        if !ProjectFiles.exists(path), geteuid() == 0 {
            _ = try? Program(path: "/bin/bash").run(["\(ProjectFiles.root)/tools/setup", "--tests"])
        }
        if !ProjectFiles.exists(path) { print("skips nginx: run tools/setup --tests") }
        return ProjectFiles.exists(path)
    }()

    private let folder: ScratchFolder
    private var process: pid_t = 0

    /// Starts it, and waits until it serves.
    ///
    /// - Parameters:
    ///   - configuration: a file's name in tools/nginx.
    ///   - changes: texts of that file, and the texts that take their places.
    ///   - folder: where the server's own files lie; its mode becomes 0755, since the server's workers are another user.
    /// - Throws: ``MissingFile`` for a text that the file does not have, or when nginx cannot be started.
    package init(_ configuration: String, changes: [(from: String, to: String)], folder: ScratchFolder) throws {
        self.folder = folder
        unsafe chmod(folder.path, 0o755)
        try folder.write(Array(try site(configuration, changes).utf8), to: "site.conf")
        try folder.write(Array(main.utf8), to: "nginx.conf")
        var words: [UnsafeMutablePointer<CChar>?] =
            unsafe ([Self.path, "-p", folder.path, "-c", folder("nginx.conf")] as [String]).map { unsafe strdup($0) }
            + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        guard unsafe posix_spawn(&process, Self.path, nil, nil, &words, environ) == 0 else {
            throw MissingFile(path: Self.path)
        }
        for _ in 0..<2400 where !ProjectFiles.exists(socket) { usleep(25_000) }
        guard ProjectFiles.exists(socket) else { throw MissingFile(path: socket) }
    }

    /// The path of the socket on which it serves.
    package var socket: String { folder("nginx.sock") }

    /// Everything that the server has logged.
    package var log: String {
        String(decoding: (try? ProjectFiles.bytes(folder("nginx.log"))) ?? [], as: UTF8.self)
    }

    private func site(_ configuration: String, _ changes: [(from: String, to: String)]) throws -> String {
        let path = "\(ProjectFiles.root)/tools/nginx/\(configuration)"
        var text = String(decoding: try ProjectFiles.bytes(path), as: UTF8.self)
        for change in [(from: Self.port, to: "listen unix:\(socket);")] + changes {
            guard text.contains(change.from) else { throw MissingFile(path: "\(change.from) in \(path)") }
            text = text.replacing(change.from, with: change.to)
        }
        return text
    }

    private var main: String {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "\($0)_temp_path \(folder("nginx-\($0)"));"
        }
        return """
            daemon off;
            \(geteuid() == 0 ? "user nobody nogroup;" : "")
            pid \(folder("nginx.pid"));
            error_log \(folder("nginx.log")) info;
            worker_processes 1;
            events { worker_connections 256; }
            http { \(temporary.joined(separator: " ")) include \(folder("site.conf")); }
            """
    }

    deinit {
        guard process > 0 else { return }
        // SIGQUIT lets a server end its workers too.
        kill(process, SIGQUIT)
        waitpid(process, nil, 0)
    }
}

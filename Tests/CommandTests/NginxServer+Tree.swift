import Foundation
import Glibc
import TestSupport
import Testing

extension NginxServer {
    /// Hands a published tree out, and reports on to the daemon.
    ///
    /// - Parameters:
    ///   - tree: the published tree.
    ///   - folder: where the server's own files lie.
    ///   - daemon: the daemon's socket; nil for one that is not there.
    ///   - rate: the reports of one address in a second, in place of the shipped number.
    /// - Throws: when it cannot be started.
    convenience init(tree: String, beside folder: ScratchFolder, daemon: String? = nil, rate: String? = nil) throws {
        try self.init(
            "suishen-gates.conf",
            changes: [
                ("$suishen_tree /srv/gates;", "$suishen_tree \(tree);"),
                ("server unix:/run/suishend/suishend.sock;", "server unix:\(daemon ?? folder("none"));"),
                ("rate=10r/s", "rate=\(rate ?? "10r/s")"),
            ], folder: folder)
    }

    struct Answer {
        let status: Int
        let headers: [String: String]
        let body: [UInt8]
    }

    func ask(_ path: String, _ options: [String] = []) throws -> Answer {
        let folder = try ScratchFolder()
        let outcome = try Program(path: "/usr/bin/env").run(
            [
                "curl", "-s", "-S", "--path-as-is", "--unix-socket", socket, "-D", folder("head"), "-o", folder("body"),
            ] + options + ["http://gates\(path)"])
        try #require(outcome.status == 0, "\(outcome.diagnostics)")
        let lines = String(decoding: try ProjectFiles.bytes(folder("head")), as: UTF8.self)
            .split(whereSeparator: \.isNewline)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        let body = (try? ProjectFiles.bytes(folder("body"))) ?? []
        let status = try #require(lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        return Answer(status: status, headers: headers, body: body)
    }
}

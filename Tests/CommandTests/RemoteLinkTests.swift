import Encoding
import Glibc
import TestSupport
import Testing

@Suite("A gate's link to the insurer over the network")
final class RemoteLinkTests {
    private static let person = #"{"insuredId":"0102030405060708090a0b0c","region":"310101","status":"active"}"#
    private static let good = "HTTP/1.1 200 OK\r\nContent-Length: \(person.utf8.count)\r\n\r\n\(person)"
    private static let chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(String(person.utf8.count, radix: 16))\r\n\(person)\r\n"
        + "0\r\n\r\n"

    private let authority: TestAuthority
    private let gate: VerifyGate

    init() throws {
        authority = try TestAuthority()
        gate = try VerifyGate()
    }

    deinit {
        gate.remove()
    }

    private func scan(_ link: [String], settings: String = "") throws -> Program.Outcome {
        try Program("verify").run(
            [
                "--bundle", gate.folder, "--scene", "hospital", "--at", "\(VerifyGate.now)", "--text",
                MedicalAuthority.code,
            ] + link, dataKilobytesMax: 500_000, script: "\(settings) exec timeout 60 \"$0\" \"$@\"")
    }

    private func code(_ outcome: Program.Outcome) throws -> String? {
        try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 16)["code"]?.string
    }

    private func scan(_ insurer: RemoteInsurer, host: String = "localhost", authority name: String = "city.pem") throws
        -> Program.Outcome
    {
        try scan(["--link", "https://\(host):\(insurer.port)", "--link-ca", authority.folder(name)])
    }

    private func insurer(
        _ answer: String, _ behavior: RemoteInsurer.Behavior = .answers, certificate: String = "right.pem"
    ) throws -> RemoteInsurer {
        try RemoteInsurer(answer, behavior, certificate: authority.folder(certificate))
    }

    @Test("accepts an answer over TLS of a server that the pinned authority vouches for", arguments: [good, chunked])
    func pinned(answer: String) throws {
        let outcome = try scan(insurer(answer))
        #expect(try code(outcome) == "ok" && outcome.status == 0, "\(outcome)")
    }

    @Test("takes a server by its IP address, and past every proxy that the environment names")
    func byAddress() throws {
        let insurer = try insurer(Self.good)
        let link = ["--link", "https://127.0.0.1:\(insurer.port)/", "--link-ca", authority.folder("city.pem")]
        let outcome = try scan(
            link, settings: "https_proxy=http://127.0.0.1:1 all_proxy=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1"
        )
        #expect(try code(outcome) == "ok" && outcome.status == 0, "\(outcome)")
    }

    @Test(
        "is undecided about a server of another authority, under another name, out of date, or without TLS",
        arguments: [
            ("foreign.pem", "city.pem"), ("right.pem", "other.pem"), ("misnamed.pem", "city.pem"),
            ("expired.pem", "city.pem"), ("right.pem", "key.pem"), ("", "city.pem"),
        ])
    func untrusted(certificate: String, pinned: String) throws {
        // The expired certificate ended in the second in which it was made.
        if certificate == "expired.pem" { sleep(2) }
        let insurer = try certificate.isEmpty ? RemoteInsurer(Self.good) : insurer(Self.good, certificate: certificate)
        let outcome = try scan(insurer, authority: pinned)
        #expect(try code(outcome) == "link_unavailable" && outcome.status == 2, "\(outcome)")
        #expect(!outcome.output.contains(MedicalAuthority.code) && !outcome.diagnostics.contains(MedicalAuthority.code))
    }

    @Test(
        "is a wrong command line over http to another machine, without an authority, and at no address",
        arguments: [
            ["--link", "http://192.0.2.1"], ["--link", "http://insurer.example:8080/x"],
            ["--link", "http://127.0.0.1.example"], ["--link", "https://insurer.example"],
            ["--link", "https://user@insurer.example", "--link-ca", "/dev/null"], ["--link", "insurer.example"],
            ["--link", "http://127.0.0.1:1", "--link-ca", "/dev/null"],
            ["--link", "unix:/tmp/x", "--link-ca", "/dev/null"], ["--link-ca", "/dev/null"],
        ])
    func usage(link: [String]) throws {
        let outcome = try scan(link)
        #expect(outcome.status == 64 && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.diagnostics.contains("[usage]") && outcome.diagnostics.contains("verify: hint: give "))
    }

    @Test("does not start where the file of authorities is missing or no file")
    func noAuthorities() throws {
        for path in [authority.folder("nothing.pem"), authority.folder.path] {
            let outcome = try scan(["--link", "https://localhost", "--link-ca", path])
            #expect(outcome.status == 2 && outcome.output.isEmpty, "\(outcome)")
            #expect(outcome.diagnostics.contains("[input_unreadable]"))
        }
    }

    @Test("follows no redirect", arguments: [301, 302, 303, 307, 308])
    func redirect(status: Int) throws {
        let other = try insurer(Self.good)
        let target = "https://127.0.0.1:\(other.port)/resolve"
        let insurer = try insurer("HTTP/1.1 \(status) Away\r\nLocation: \(target)\r\nContent-Length: 0\r\n\r\n")
        let outcome = try scan(insurer)
        #expect(try code(outcome) == "link_unavailable" && outcome.status == 2, "\(outcome)")
    }

    @Test(
        "ends soon, with little memory, whatever a server sends",
        arguments: [
            (good, RemoteInsurer.Behavior.hangs), (good, .drips),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n", .floods), ("HTTP/1.1 200 OK\r\n\r\n", .floods),
            ("HTTP/1.1 200 OK\r\nX: ", .floods),
            ("HTTP/1.1 200 OK\r\n" + String(repeating: "X: y\r\n", count: 9000), .hangs),
            ("", .answers),
        ])
    func bounded(answer: String, behavior: RemoteInsurer.Behavior) throws {
        let outcome = try scan(insurer(answer, behavior))
        #expect(try code(outcome) == "link_unavailable" && outcome.status == 2, "\(outcome)")
    }

    @Test(
        "is undecided about an answer that two readers could take differently",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: @\r\nContent-Length: @\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: @, @\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: +@\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length : @\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: @\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: @\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/2 200 OK\r\nContent-Length: @\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: y\r\n z\r\nContent-Length: @\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: @\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: @\r\n\r\n", "",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: gzip\r\n\r\n",
        ])
    func ambiguous(head: String) throws {
        let count = "\(Self.person.utf8.count)"
        let filled = head.split(separator: "@", omittingEmptySubsequences: false).joined(separator: count)
        let outcome = try scan(insurer(filled + Self.person))
        #expect(try code(outcome) == "link_unavailable" && outcome.status == 2, "\(outcome)")
    }

    @Test(
        "is undecided about chunks that are framed in another way",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+",
        ])
    func ambiguousChunks(start: String) throws {
        let body = Self.chunked.split(separator: "\r\n\r\n", maxSplits: 1)[1]
        let outcome = try scan(insurer(start + body))
        #expect(try code(outcome) == "link_unavailable" && outcome.status == 2, "\(outcome)")
    }

    @Test("loads libcurl for a question over the network, and not for another scan")
    func opensLate() throws {
        let insurer = try RemoteInsurer(Self.good)
        let asked = try scan(["--link", "http://127.0.0.1:\(insurer.port)"], settings: "LD_DEBUG=libs")
        #expect(try code(asked) == "ok" && asked.diagnostics.contains("libcurl.so.4"))
        for link in [[], ["--link", "https://localhost:1", "--link-ca", authority.folder("city.pem")]] {
            let outcome = try Program("verify").run(
                [
                    "--bundle", gate.folder, "--scene", "metro-gate", "--at", "\(VerifyGate.now)", "--text",
                    try gate.shown(gate.person()),
                ] + link,
                script: "LD_DEBUG=libs exec \"$0\" \"$@\"")
            #expect(outcome.diagnostics.contains("libcrypto") && !outcome.diagnostics.contains("libcurl"))
            #expect(try code(outcome) == "ok", "\(outcome.output)")
        }
    }
}

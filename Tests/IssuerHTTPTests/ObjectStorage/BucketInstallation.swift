import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

/// An installation whose logs are published in a bucket, made and served by the built commands.
final class BucketInstallation {
    static let prefix = "city/one"

    let bucket: S3Bucket
    let installation: Installation
    let logKey: String
    /// The file that holds the bucket's keys.
    let credentials: String

    init() throws {
        bucket = try S3Bucket()
        try bucket.order(#""public": true"#)
        let folder = try ScratchFolder()
        installation = Installation(madeIn: folder)
        credentials = try folder.write(S3Bucket.credentials(), to: "keys.aws", mode: 0o400)
        let outcome = try Self.make(in: folder("state"), bucket, credentials: credentials)
        try #require(outcome.status == 0, "\(outcome.diagnostics)")
        let answer = try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 20)
        logKey = try #require(answer["logKey"]?.string)
        var settings = try Settings(contentsOf: installation.state.settings)
        settings.roles = try Settings(text: "roles:\n  0: [issuer, inspector:*, auditor, operator]").roles
        settings.logHeadsInterval = 256
        try installation.write(settings)
    }

    /// Runs `suishen init`.
    static func make(in state: String, _ bucket: S3Bucket, credentials: String) throws -> Program.Outcome {
        try Program("suishen").run([
            "init", "--state", state, "--json", "--tiles", "s3://\(bucket.name)/\(prefix)", "--tiles-endpoint",
            bucket.endpoint, "--tiles-region", "eu-central-1", "--tiles-credentials", "file:\(credentials)",
        ])
    }

    /// The address under which everybody reads the trace log.
    var address: String { "\(bucket.endpoint)/\(bucket.name)/\(Self.prefix)/log" }

    /// The keys of all objects, and of those of the trace log alone.
    func keys(_ folder: String = "") throws -> [String] {
        let told = try bucket.server.keys(of: bucket)
        return told.filter { $0.hasPrefix("\(Self.prefix)/\(folder)") }
    }

    /// Whether a stranger's audit of the bucket, from its URL, finds nothing but what an empty log lacks.
    ///
    /// The checkpoint that is read first is the auditor's anchor, which an empty one cannot be.
    func isIntact() throws -> Bool {
        let anchor = installation.folder("anchor")
        try #require(HTTPDaemon.run(["curl", "-sf", "-o", anchor, "\(address)/checkpoint"]).status == 0)
        let isEmpty = try publishedSize() == 0
        let audit = try Program("chain-verify").run([
            "audit", address, "--key", logKey, "--anchor", anchor, "--json",
        ])
        let isExpected = isEmpty ? audit.output.contains(#""code":"unanchored""#) : audit.status == 0
        if !isExpected { print(audit) }
        return isExpected
    }

    /// The size of the checkpoint that everybody reads; 0 while it cannot be read.
    func publishedSize() throws -> Int {
        let note = try HTTPDaemon.run(["curl", "-s", "\(address)/checkpoint"]).output
        return note.split(separator: "\n").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    /// Records events about a new object.
    func recordEvents(_ count: Int, through client: IssuerClient) throws {
        let object = try client.registerBridge()
        let line = Array("{\"object\":\"\(object)\",\"step\":\"inspecting\"}".utf8)
        for answer in try client.ask(.appendEvent, lines: [[UInt8]](repeating: line, count: count)) {
            try #require(answer["error"] == nil, "\(answer)")
        }
    }

    /// Waits until the condition holds, as long as a busy machine may take.
    func waits(for condition: () throws -> Bool) throws -> Bool {
        for _ in 0..<2400 {
            if try condition() { return true }
            usleep(50_000)
        }
        return false
    }
}

import Encoding
import Foundation
import IssuerInterface
import IssuerTestSupport
import Issuing
import Synchronization
import TestSupport
import Testing

@Suite("A log that grows while it is audited", .serialized)
struct DaemonLogUnderLoadTests {
    private static let roundCount = 4

    @Test("is intact at the checkpoint that each auditor read, and for one object too but for its heads entry")
    func growing() throws {
        let installation = try Installation()
        var settings = Settings()
        // Heads often, so that their lists come and go under the auditors' eyes.
        settings.logHeadsInterval = 256
        try installation.write(settings)
        let daemon = try HTTPDaemon(installation)
        let client = try IssuerClient(path: daemon.socket)
        let objects = try (0..<8).map { _ in try client.registerBridge() }
        let key = try #require(try client.ask(.describeLog, [:])["key"]?.string)
        let load = Load(objects, to: daemon.socket)
        defer { load.end() }
        let log = installation.state.path + "/log"
        var sizes: [Int64] = []
        for round in 0..<Self.roundCount {
            for _ in 0..<2_000 where try Self.size(log) <= (sizes.last ?? 0) { usleep(20_000) }
            let anchor = try installation.folder.write(ProjectFiles.bytes("\(log)/checkpoint"), to: "anchor\(round)")
            let options = ["--key", key, "--anchor", anchor, "--json"]
            for words in [["audit", log], ["audit", daemon.socket], ["object", objects[round], log]] {
                let outcome = try HTTPDaemon.run(["\(HTTPDaemon.binaries)/chain-verify"] + words + options)
                let report = try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 24)
                // No audit has checked the heads entry that an object's history rests on, and nothing else is open.
                let isUnaudited = words[0] == "object" && outcome.status == 2
                let isAsExpected =
                    isUnaudited
                    ? report["code"] == "heads_unaudited" && report["findings"]?.array?.count == 1
                    : outcome.status == 0
                #expect(isAsExpected, "\(words[0]) \(words[1]): \(outcome.output)")
                sizes.append(try #require(report["size"]?.integer))
            }
        }
        #expect(sizes == sizes.sorted() && Set(sizes).count > 2, "\(sizes)")
    }

    private static func size(_ log: String) throws -> Int64 {
        let lines = try ProjectFiles.bytes("\(log)/checkpoint").split(separator: 0x0A)
        return lines.count > 1 ? Int64(String(decoding: lines[1], as: UTF8.self)) ?? 0 : 0
    }

    /// A client that appends batch after batch.
    private final class Load: Sendable {
        private let isOver = Atomic(false)
        private let ended = DispatchSemaphore(value: 0)

        init(_ objects: [String], to socket: String) {
            Thread.detachNewThread { [self] in
                let client = try? IssuerClient(path: socket)
                let lines = (0..<200).map { number in
                    Array("{\"object\":\"\(objects[number % objects.count])\",\"step\":\"inspecting\"}".utf8)
                }
                while !isOver.load(ordering: .relaxed), (try? client?.ask(.appendEvent, lines: lines)) != nil {}
                ended.signal()
            }
        }

        func end() {
            isOver.store(true, ordering: .relaxed)
            ended.wait()
        }
    }
}

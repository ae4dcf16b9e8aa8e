import Glibc
import ObjectStorage
import Signing
import TestSupport
import Testing
import TraceLog

@testable import Storage

@Suite("A checkpoint in a bucket", .enabled(if: S3Server.isAvailable))
struct S3RegisterTests {
    @Test(
        "is replaced although answers are lost, which reading back settles",
        arguments: [
            "drop-after", "status-after", "drop-before", "500", "503", "409",
        ])
    func lostAnswers(fault: String) throws {
        let opened = try OpenBucket()
        try opened.probe.check()
        var before: [UInt8]?
        for number in UInt8(1)...3 {
            try opened.bucket.order("\"fault\": \"\(fault)\", \"method\": \"PUT\", \"ends\": \"/checkpoint\"")
            #expect(try opened.register.replace(expecting: before, with: [number]) {} == .replaced)
            #expect(try opened.register.head() == [number])
            before = [number]
        }
    }

    @Test("is not taken for replaced when another publisher came first behind a lost answer", arguments: [true, false])
    func overtaken(isFirst: Bool) throws {
        let opened = try OpenBucket()
        let other = try OpenBucket(opened.bucket)
        if !isFirst { _ = try opened.register.replace(expecting: nil, with: [1]) {} }
        let outcome = try opened.register.replace(expecting: isFirst ? nil : [1], with: [2]) {
            try opened.bucket.order(#""fault": "drop-before", "method": "PUT", "ends": "/checkpoint""#)
            // The other publisher meets the fault too, and goes on.
            #expect(try other.register.replace(expecting: isFirst ? nil : [1], with: [9]) {} == .replaced)
            try opened.bucket.order(#""fault": "drop-before", "method": "PUT", "ends": "/checkpoint""#)
        }
        #expect(outcome == .refused(present: [9]))
        #expect(try other.register.head() == [9])
    }

    @Test("may be the old or the new one when no answer came, and the next attempt finds out")
    func unsettled() throws {
        let opened = try OpenBucket(limits: OpenBucket.hasty)
        _ = try opened.register.replace(expecting: nil, with: [1]) {}
        try opened.bucket.order(#""fault": "drop-after", "method": "PUT", "ends": "/checkpoint", "count": 1000"#)
        let error = #expect(throws: LogError.self) {
            try opened.register.replace(expecting: [1], with: [2]) {
                // Reading back fails as well.
                try opened.bucket.order(#""fault": "500", "method": "GET", "ends": "/checkpoint", "count": 1000"#)
            }
        }
        #expect(error?.code == .tilesSilent)
        try opened.bucket.order(#""clear": true"#)
        #expect(try opened.register.head() == [2])
    }

    @Test("lets one of two publishers in two processes go on from each checkpoint")
    func twoPublishers() async throws {
        let bucket = try S3Bucket()
        let pairs = try await withThrowingTaskGroup(of: [[UInt8]].self) { group in
            for name in UInt8(1)...2 {
                let register = try OpenBucket(bucket).register
                group.addTask {
                    var won: [[UInt8]] = []
                    for round in UInt8(0)..<25 {
                        let present = try register.head()
                        let next = [name, round]
                        switch try register.replace(expecting: present, with: next, announce: {}) {
                        case .replaced: won.append((present ?? []) + [0xFF] + next)
                        case .refused(let found): #expect(found != present && found != next)
                        }
                    }
                    return won
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        // Each checkpoint has one successor: the winners make one chain from none to the head.
        let successors = Dictionary(grouping: pairs) { $0.prefix { $0 != 0xFF } }
        #expect(successors.values.allSatisfy { $0.count == 1 } && pairs.count >= 25)
        var present: [UInt8] = []
        while let next = successors[present[...]]?.first { present = Array(next.suffix(2)) }
        #expect(try OpenBucket(bucket).register.head() == present)
    }

    @Test("that another publisher replaced stays, and nothing is announced")
    func lost() throws {
        let opened = try OpenBucket()
        let head = try #require(try opened.publishedEmpty())
        #expect(try OpenBucket(opened.bucket).register.replace(expecting: head, with: [9]) {} == .replaced)
        let outcome = try opened.register.replace(expecting: head, with: [2]) { Issue.record("announced") }
        #expect(outcome == .refused(present: [9]))
    }

    @Test("is served from memory, never lower than before, and while the service is silent")
    func served() throws {
        let opened = try OpenBucket(limits: OpenBucket.hasty)
        let served = S3ServedCheckpoint(opened.register)
        #expect(try served.head() == nil)
        let notes = try [0, 300, 200].map { try Self.note(size: $0) }
        #expect(try opened.register.replace(expecting: nil, with: notes[0]) {} == .replaced)
        let count = try opened.requests().count
        #expect(try served.head() == notes[0])
        #expect(try opened.requests().count == count)
        // Another daemon publishes; the copy is a second old at most.
        let other = try OpenBucket(opened.bucket).register
        #expect(try other.replace(expecting: notes[0], with: notes[1]) {} == .replaced)
        usleep(1_100_000)
        #expect(try served.head() == notes[1])
        // An older checkpoint came back, such as by a publisher that was paused.
        #expect(try other.replace(expecting: notes[1], with: notes[2]) {} == .replaced)
        usleep(1_100_000)
        #expect(try served.head() == notes[1])
        try opened.bucket.order(#""fault": "500", "count": 1000"#)
        usleep(1_100_000)
        #expect(try served.head() == notes[1])
        #expect(throws: LogError.self) { try opened.register.head() }
    }

    @Test("leaves tiles to readers from memory, and to the publisher from the bucket")
    func servedTiles() throws {
        let opened = try OpenBucket()
        let served = S3ServedTiles(opened.tiles)
        try writeCertainly([1, 2], at: "tile/0/000", in: opened.tiles)
        let count = try opened.requests().count
        #expect(try served.read("tile/0/000") == [1, 2])
        #expect(try opened.requests().count == count)
        #expect(try opened.tiles.read("tile/0/000") == [1, 2])
        #expect(try opened.requests().count == count + 1)
        // What may change is not kept.
        #expect(try opened.tiles.replace([1], at: "issued/index", expecting: nil))
        #expect(try opened.tiles.replace([2], at: "issued/index", expecting: [1]))
        #expect(try served.read("issued/index") == [2])
        opened.tiles.remove("tile/0")
        #expect(try served.read("tile/0/000") == nil)
    }

    private static func note(size: UInt64) throws -> [UInt8] {
        var note = SignedNote(text: Checkpoint(origin: "log.example", size: size, root: .emptyRoot).text)
        try note.sign(name: "log.example", key: .init(seed: [UInt8](repeating: 1, count: 32), algorithm: .ed25519))
        return note.bytes
    }
}

extension OpenBucket {
    /// Publishes a first checkpoint.
    fileprivate func publishedEmpty() throws -> [UInt8]? {
        guard try register.replace(expecting: nil, with: [1], announce: {}) == .replaced else { return nil }
        return try register.head()
    }
}

import ObjectStorage
import Platform
import Encoding
import Glibc
import TestSupport
import Testing

@testable import Storage

@Suite("Published files in a bucket whose service fails", .enabled(if: S3Server.isAvailable))
struct S3FaultTests {
    private let path = "tile/0/000"

    @Test(
        "are written once the service answers again, and once only",
        arguments: [
            #""fault": "500""#, #""fault": "503", "count": 3"#, #""fault": "409", "count": 2"#, #""fault": "429""#,
            #""fault": "drop-before", "count": 2"#, #""fault": "drop-after""#, #""fault": "drop-after", "count": 2"#,
            #""fault": "status-after", "count": 2"#, #""fault": "412""#,
        ])
    func passing(fault: String) throws {
        let opened = try OpenBucket()
        try opened.probe.check()
        try opened.bucket.order("\(fault), \"method\": \"PUT\", \"ends\": \"/000\"")
        if fault.contains("412") {
            // A lie about an object that is not there: the file must not count as written.
            let error = #expect(throws: LogError.self) { try writeCertainly([1, 2], at: path, in: opened.tiles) }
            #expect(error?.code == .tilesSilent)
        }
        try writeCertainly([1, 2], at: path, in: opened.tiles)
        #expect(try opened.tiles.read(path) == [1, 2])
        #expect(try opened.tiles.list("tile/0") == ["000"])
        let error = #expect(throws: LogError.self) { try writeCertainly([3], at: path, in: opened.tiles) }
        #expect(error?.code == .logInconsistent)
        #expect(try opened.tiles.read(path) == [1, 2])
    }

    @Test("are settled by reading back when another writer's file came in between", arguments: ["ab", "x"])
    func overtaken(other: String) throws {
        let opened = try OpenBucket()
        try opened.probe.check()
        try opened.bucket.order(#""fault": "drop-before", "method": "PUT", "ends": "/000", "count": 1"#)
        try opened.bucket.order("\"put\": \"a/b/log/\(path)\", \"text\": \"\(other)\"")
        let bytes = Array("ab".utf8)
        if other == "ab" {
            try writeCertainly(bytes, at: path, in: opened.tiles)
        } else {
            let error = #expect(throws: LogError.self) { try writeCertainly(bytes, at: path, in: opened.tiles) }
            #expect(error?.code == .logInconsistent)
        }
        #expect(try opened.tiles.read(path) == Array(other.utf8))
    }

    @Test(
        "are not written while the service fails for longer, and the error passes", arguments: ["500", "drop-before"])
    func lasting(fault: String) throws {
        let opened = try OpenBucket(limits: OpenBucket.hasty)
        try opened.probe.check()
        try opened.bucket.order("\"fault\": \"\(fault)\", \"ends\": \"/000\", \"count\": 1000")
        let start = MonotonicClock.milliseconds()
        for operation in [
            { try writeCertainly([1], at: path, in: opened.tiles) }, { _ = try opened.tiles.read(path) },
            { _ = try opened.tiles.exists(path) },
        ] as [() throws -> Void] {
            let error = #expect(throws: LogError.self) { try operation() }
            #expect(error?.code == .tilesSilent && error?.hint.isEmpty == false)
        }
        #expect(MonotonicClock.milliseconds() - start < 30_000)
        try opened.bucket.order(#""clear": true"#)
        try writeCertainly([1], at: path, in: opened.tiles)
        #expect(try opened.tiles.read(path) == [1])
    }

    @Test("are written although answers come late, and late writes change nothing")
    func delays() throws {
        var limits = S3Limits()
        limits.requestMilliseconds = 400
        limits.callMilliseconds = 60_000
        let opened = try OpenBucket(limits: limits)
        try opened.probe.check()
        try opened.bucket.order(#""fault": "delay", "seconds": 1.5, "method": "PUT", "ends": "/000", "count": 2"#)
        try writeCertainly([1], at: path, in: opened.tiles)
        for fault in ["drop-before", "500"] {
            try opened.bucket.order("\"fault\": \"\(fault)\", \"method\": \"GET\", \"ends\": \"/000\"")
        }
        #expect(try opened.tiles.read(path) == [1])
        // The delayed writes arrive by now.
        usleep(2_000_000)
        #expect(try opened.tiles.read(path) == [1])
    }

    @Test("go out several at a time, but not more than eight, and the error of one is the error of all")
    func atOnce() throws {
        let opened = try OpenBucket()
        try opened.probe.check()
        try opened.bucket.order(#""fault": "delay", "seconds": 0.1, "method": "PUT", "count": 1000"#)
        let paths = (100..<164).map { "tile/0/\($0)" }
        for path in paths { try opened.tiles.writeOnce([1], at: path) }
        try opened.tiles.sync(paths)
        #expect(try Set(opened.tiles.list("tile/0")).count == paths.count)
        #expect(try (3...8).contains(opened.mostAtOnce()))
        try opened.bucket.order(#""clear": true"#)
        try opened.bucket.order("\"put\": \"a/b/log/tile/0/999\", \"text\": \"other\"")
        for number in 990...999 { try opened.tiles.writeOnce([1], at: "tile/0/\(number)") }
        let error = #expect(throws: LogError.self) { try opened.tiles.sync((990...999).map { "tile/0/\($0)" }) }
        #expect(error?.code == .logInconsistent)
        // The error is told once; the next publication writes again.
        try opened.tiles.sync((990...999).map { "tile/0/\($0)" })
    }

    @Test("of a folder stay when another one cannot be written, and the next attempt makes it whole")
    func folders() throws {
        let opened = try OpenBucket(limits: OpenBucket.hasty)
        try opened.probe.check()
        try opened.bucket.order(#""fault": "500", "method": "PUT", "ends": "/002", "count": 1000"#)
        func write() throws {
            try opened.tiles.writeFolder("heads/9") { write in
                for number in 0..<4 { try write("00\(number)", [UInt8(number)]) }
            }
        }
        let error = #expect(throws: LogError.self) { try write() }
        #expect(error?.code == .tilesSilent)
        #expect(try opened.tiles.list("heads/9").sorted() == ["000", "001", "003"])
        try opened.bucket.order(#""clear": true"#)
        // A reader misses none of the files while they are written again.
        try write()
        #expect(try opened.tiles.list("heads/9").count == 4)
        #expect(try opened.requests().allSatisfy { $0.method != "DELETE" || $0.path.contains(".probe-") })
    }

    @Test("are refused as unreadable when they are longer than a file can be", arguments: [10, 100_000])
    func long(byteCount: Int) throws {
        let opened = try OpenBucket()
        let key = "a/b/log/tile/0/000"
        _ = try opened.client.write(
            [UInt8](repeating: 1, count: byteCount), to: key, if: .none, as: .lasting, isSettled: true)
        #expect(try opened.client.read(key, byteCountMax: byteCount)?.bytes.count == byteCount)
        let error = #expect(throws: LogError.self) { try opened.client.read(key, byteCountMax: byteCount - 1) }
        #expect(error?.code == .logUnreadable)
    }

    @Test("are listed over many pages")
    func pages() throws {
        let opened = try OpenBucket(prefix: "")
        try opened.bucket.order(#""fill": "log/tile/0/", "count": 2005"#)
        #expect(try Set(opened.tiles.list("tile/0")).count == 2005)
        #expect(try opened.client.everyKey("log/").count == 2005)
        #expect(try opened.tiles.list("tile") == ["0"])
        #expect(try opened.requests().filter { $0.path.contains("continuation-token") }.count == 4)
    }

    @Test("are read by everybody under the address that auditors use, with what caches may keep")
    func readers() throws {
        let opened = try OpenBucket()
        try opened.bucket.order(#""public": true"#)
        try writeCertainly([1, 2], at: path, in: opened.tiles)
        _ = try opened.register.replace(expecting: nil, with: [5]) {}
        let address = try #require(RemoteAddress("\(opened.bucket.endpoint)/\(opened.bucket.name)/a/b/log"))
        let exchange = HTTPExchange(endpoint: .remote(address), timeoutMilliseconds: 10_000)
        #expect(try exchange.get(path: "/\(path)", byteCountMax: 100).body == [1, 2])
        #expect(try exchange.get(path: "/checkpoint", byteCountMax: 100).body == [5])
        let writes = try opened.requests().filter { $0.method == "PUT" }
        let lasting = try #require(writes.first { $0.path.hasSuffix("/000") }).fields
        #expect(lasting["cache-control"] == "public, max-age=31536000, immutable")
        #expect(lasting["if-none-match"] == "*" && lasting["if-match"] == nil)
        let checkpoint = try #require(writes.last { $0.path.hasSuffix("/checkpoint") }).fields
        #expect(checkpoint["cache-control"] == "no-cache" && checkpoint["if-none-match"] == "*")
        #expect(checkpoint["content-type"] == "text/plain; charset=utf-8")
    }
}

import ObjectStorage
import Platform
import TestSupport
import Testing

@testable import Storage

@Suite("A bucket that is closed, or a service that breaks its promises", .enabled(if: S3Server.isAvailable))
struct S3AccessTests {
    private static let secrets = [S3Bucket.keys.secret, S3Bucket.strangerKeys.secret, "not-the-secret"]

    /// Every operation fails with the code, and names no secret.
    private func refuses(_ opened: OpenBucket, _ code: LogError.Code, _ words: String) throws {
        for operation in [
            { _ = try opened.register.head() }, { try writeCertainly([1], at: "tile/0/000", in: opened.tiles) },
            { _ = try opened.tiles.replace([1], at: "issued/index", expecting: nil) },
            { try opened.tiles.writeFolder("heads/9") { write in try write("a", [1]) } },
            {
                _ = try opened.register.replace(expecting: nil, with: [1]) { Issue.record("announced") }
            },
        ] as [() throws -> Void] {
            let thrown = #expect(throws: LogError.self) { try operation() }
            let error = try #require(thrown)
            #expect(error.code == code && !error.hint.isEmpty && error.reason.contains(words), "\(error)")
            let text = "\(error) \(String(reflecting: error))"
            #expect(Self.secrets.allSatisfy { !text.contains($0) })
        }
    }

    @Test("refuses wrong keys, unknown keys and another account's keys with tiles_refused")
    func keys() throws {
        let bucket = try S3Bucket()
        for (keys, words) in [
            ((S3Bucket.keys.access, "not-the-secret"), "SignatureDoesNotMatch"),
            (("AKIAUNKNOWN", "a"), "InvalidAccessKeyId"), (S3Bucket.strangerKeys, "AccessDenied"),
        ] as [((access: String, secret: String), String)] {
            try refuses(OpenBucket(bucket, keys: keys), .tilesRefused, words)
        }
        // Nothing was written.
        #expect(try OpenBucket(bucket).client.everyKey("").isEmpty)
    }

    @Test("refuses a machine whose clock is wrong, and says so", arguments: [-3_600_000, 3_600_000] as [Int64])
    func clock(skew: Int64) throws {
        try refuses(OpenBucket(skewMilliseconds: skew), .tilesRefused, "clock differs")
    }

    @Test("takes no missing bucket for an empty one")
    func missing() throws {
        let bucket = try S3Bucket()
        let place = try #require(S3Place("s3://\(bucket.name)-other", endpoint: bucket.endpoint, region: "us-east-1"))
        let client = S3Client(place, credentials: try S3Credentials(bytes: S3Bucket.credentials())) {
            WallClock.milliseconds()
        }
        for operation in [{ _ = try client.read("a", byteCountMax: 9) }, { _ = try client.everyKey("") }]
            as [() throws -> Void]
        {
            let error = #expect(throws: LogError.self) { try operation() }
            #expect(error?.code == .tilesRefused && error?.reason.contains("NoSuchBucket") == true, "\(error as Any)")
        }
    }

    @Test("takes no missing file for one that was never made without the right to list")
    func listing() throws {
        let opened = try OpenBucket()
        try writeCertainly([1], at: "tile/0/000", in: opened.tiles)
        try opened.bucket.order(#""rights": "no-list""#)
        #expect(try opened.tiles.read("tile/0/000") == [1])
        for operation in [{ _ = try opened.tiles.read("tile/0/001") }, { _ = try opened.tiles.exists("tile/0/001") }]
            as [() throws -> Void]
        {
            let error = #expect(throws: LogError.self) { try operation() }
            #expect(error?.code == .tilesRefused)
        }
        // The trial at the start finds it before anything is written.
        try refuses(OpenBucket(opened.bucket), .tilesRefused, "AccessDenied")
    }

    @Test("refuses keys that may only read")
    func readOnly() throws {
        let opened = try OpenBucket()
        try opened.bucket.order(#""rights": "read""#)
        try refuses(opened, .tilesRefused, "AccessDenied")
    }

    @Test(
        "is refused with tiles_unsafe when it ignores or inverts conditions, or lies about them",
        arguments: [
            (#""fault": "ignore-conditions", "count": 1000"#, "does not refuse If-Match without an object"),
            (#""fault": "ignore-conditions", "skip": 2"#, "does not refuse If-None-Match"),
            (#""fault": "ignore-conditions", "skip": 3"#, "does not refuse If-Match with a wrong tag"),
            (#""fault": "ignore-conditions", "skip": 5"#, "does not refuse If-Match with an old tag"),
            (#""fault": "invert-conditions", "skip": 1"#, "refuses If-None-Match: * without an object"),
            (#""fault": "412", "skip": 1"#, "refuses If-None-Match: * without an object"),
            (#""fault": "412", "skip": 4"#, "refuses If-Match with the right tag"),
            (#""fault": "write-412", "skip": 2"#, "refused by If-None-Match has changed"),
            (#""fault": "write-412", "skip": 3"#, "refused by If-Match has changed"),
            (#""fault": "501", "skip": 1"#, "501"),
        ])
    func conditions(fault: String, words: String) throws {
        let opened = try OpenBucket()
        try opened.bucket.order("\(fault), \"method\": \"PUT\"")
        try refuses(opened, .tilesUnsafe, words)
        // Once is enough: the service is not asked again, and its probe is gone.
        let count = try opened.requests().count
        try refuses(opened, .tilesUnsafe, words)
        #expect(try opened.requests().count == count)
        #expect(try OpenBucket(opened.bucket).client.everyKey("").isEmpty)
    }

    @Test(
        "passes the trial although answers are lost", arguments: ["drop-after", "drop-before", "status-after", "503"])
    func lostAnswers(fault: String) throws {
        for skip in 0..<6 {
            let opened = try OpenBucket()
            try opened.bucket.order("\"fault\": \"\(fault)\", \"method\": \"PUT\", \"skip\": \(skip)")
            try opened.probe.check()
            #expect(try opened.client.everyKey("").isEmpty)
        }
    }

    @Test("is addressed by the bucket's name in the host too")
    func virtualHost() throws {
        let bucket = try S3Bucket()
        let opened = try OpenBucket(bucket, endpoint: "http://*.localhost:\(bucket.server.port)")
        try writeCertainly([1, 2], at: "tile/0/000", in: opened.tiles)
        #expect(try opened.tiles.list("tile/0") == ["000"])
        #expect(try opened.requests().allSatisfy { !$0.path.contains(bucket.name) })
        #expect(try OpenBucket(bucket).tiles.read("tile/0/000") == [1, 2])
    }
}

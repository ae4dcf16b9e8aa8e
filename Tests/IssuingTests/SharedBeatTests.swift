import Encoding
import Glibc
import IssuerTestSupport
import ObjectStorage
import Platform
import Signing
import Storage
import Synchronization
import TestSupport
import Testing
import TraceLog

@testable import Issuing

@Suite("A beat that several daemons share in a bucket", .serialized, .enabled(if: S3Server.isAvailable))
struct SharedBeatTests {
    private static let key = "closed/beat"
    private static let installation = [UInt8](repeating: 7, count: RegistryPosition.installationByteCount)

    /// The beat's place as one daemon has it.
    private static func place(_ bucket: S3Bucket) throws -> BeatObject {
        let credentials = try S3Credentials(bytes: S3Bucket.credentials())
        let place = try #require(
            S3Place("s3://\(bucket.name)/closed", endpoint: bucket.endpoint, region: "us-east-1"))
        let client = S3Client(place, credentials: credentials, nowMilliseconds: MachineClocks.system.wallMilliseconds)
        return BeatObject(client, probe: S3Probe(client, random: SystemRandom()))
    }

    private static func present(_ bucket: S3Bucket) throws -> Beat {
        try #require(Beat(text: bucket.server.object(key, in: bucket)))
    }

    private static func put(_ text: String, _ bucket: S3Bucket) throws {
        try bucket.order("\"put\": \"\(key)\", \"text\": \(JSONValue.string(text).encoded())")
    }

    @Test("is advanced by all of them at once, through refused writes and lost answers, and never goes down")
    func concurrent() async throws {
        let bucket = try S3Bucket()
        let first = Beat(installation: Self.installation)
        try Self.place(bucket).create(first)
        let (daemonCount, stepCount) = (4, 25)
        for (fault, count) in [("412", 20), ("drop-after", 6), ("status-after", 6), ("409", 6)] {
            try bucket.order(
                "\"fault\": \"\(fault)\", \"method\": \"PUT\", \"ends\": \"/beat\", \"skip\": 3, \"count\": \(count)")
        }
        let isDone = Atomic<Bool>(false)
        let watcher = Task.detached {
            var (last, isSteady) = (first, true)
            while !isDone.load(ordering: .acquiring) {
                let next = try Self.present(bucket)
                isSteady = isSteady && next.covers(last.step)
                last = next
                await Task.yield()
            }
            return isSteady
        }
        try await withThrowingTaskGroup { group in
            for daemon in 0..<daemonCount {
                group.addTask {
                    let keeper = BeatKeeper(try Self.place(bucket), holding: first) { 0 }
                    for number in 1...UInt64(stepCount) {
                        let commitCount = number * UInt64(daemonCount) + UInt64(daemon)
                        let step = Beat.Step(
                            commitCount: commitCount, bundleVersion: daemon == 0 ? number : 0,
                            lists: ["list\(daemon)": number], statusFloor: daemon == 1 ? number : 0)
                        try await keeper.reach(step)
                        // What was reached is there, whoever writes meanwhile.
                        #expect(try Self.present(bucket).covers(step))
                    }
                }
            }
            try await group.waitForAll()
        }
        isDone.store(true, ordering: .releasing)
        #expect(try await watcher.value)
        let last = try Self.present(bucket)
        #expect(last.commitCount == UInt64(stepCount * daemonCount + daemonCount - 1))
        #expect(last.bundleVersion == UInt64(stepCount) && last.statusFloor == UInt64(stepCount))
        #expect(last.lists == Dictionary(uniqueKeysWithValues: (0..<daemonCount).map { ("list\($0)", 25) }))
    }

    @Test("keeps the higher checkpoint of either log, whichever daemon comes last")
    func checkpoints() throws {
        let bucket = try S3Bucket()
        let place = try Self.place(bucket)
        let first = Beat(installation: Self.installation)
        try place.create(first)
        func point(_ size: UInt64) throws -> Beat.LogPoint {
            Beat.LogPoint(size: size, root: try #require(MerkleHash([UInt8](repeating: UInt8(size), count: 32))))
        }
        var (one, other) = (first, first)
        try one.advance(by: Beat.Step(commitCount: 9, checkpoint: point(9), acts: point(2)))
        try other.advance(by: Beat.Step(commitCount: 4, checkpoint: point(4), acts: point(5)))
        #expect(try place.advance(to: one, from: first) == one)
        let merged = try place.advance(to: other, from: first)
        #expect(try merged.commitCount == 9 && merged.checkpoint == point(9) && merged.acts == point(5))
        #expect(try Self.present(bucket) == merged)
    }

    @Test("is not written over once it is another installation's, no beat, or gone")
    func changed() async throws {
        let bucket = try S3Bucket()
        let first = Beat(installation: Self.installation)
        try Self.place(bucket).create(first)
        let keeper = BeatKeeper(try Self.place(bucket), holding: first) { 0 }
        let foreign = Beat(installation: [UInt8](repeating: 8, count: RegistryPosition.installationByteCount)).text
        for text in [foreign, "no beat", nil] {
            if let text { try Self.put(text, bucket) } else { try bucket.order(#""delete": "closed/beat""#) }
            let refusal = await #expect(throws: OperationError.self) {
                try await keeper.reach(Beat.Step(commitCount: 1))
            }
            #expect(refusal?.code == "beat_unwritable" && refusal?.errorClass == .later)
            if let text { #expect(try bucket.server.object(Self.key, in: bucket) == Array(text.utf8)) }
        }
        #expect(try bucket.server.keys(of: bucket).isEmpty)
        // An older copy that somebody put back is lifted again.
        try Self.put(first.text, bucket)
        try await keeper.reach(Beat.Step(commitCount: 3))
        try Self.put(first.text, bucket)
        try await keeper.reach(Beat.Step(commitCount: 4))
        #expect(try Self.present(bucket).commitCount == 4)
        // A service that says no to a write that it has made.
        try bucket.order(#""fault": "write-412", "method": "PUT", "ends": "/beat""#)
        try await keeper.reach(Beat.Step(commitCount: 5))
        #expect(try Self.present(bucket).commitCount == 5)
    }

    @Test("is made by a new installation alone, and taken back with it")
    func made() throws {
        let bucket = try S3Bucket()
        let folder = try ScratchFolder()
        var settings = try bucket.settings(keysIn: folder)
        let occupied = try folder.write([1], to: "occupied")
        settings.epochKeys = occupied
        let state = StateDirectory(path: folder("state"))
        func make() throws(OperationError) { try state.create(settings, random: SystemRandom(), at: 1_800_000_000) }
        var refusal = #expect(throws: OperationError.self) { try make() }
        #expect(refusal?.code == "epoch_keys_exist")
        #expect(try bucket.server.keys(of: bucket).isEmpty)
        settings.epochKeys = nil
        // An answer that is lost on the way is no other installation's beat.
        try bucket.order(#""fault": "drop-after", "method": "PUT", "ends": "/beat""#)
        try make()
        let beat = try bucket.server.object(Self.key, in: bucket)
        #expect(Beat(text: beat)?.commitCount == 0)
        settings.tiles.location = "s3://\(bucket.name)/other"
        let other = StateDirectory(path: folder("other"))
        refusal = #expect(throws: OperationError.self) {
            try other.create(settings, random: SystemRandom(), at: 1_800_000_000)
        }
        #expect(refusal?.code == "beat_exists")
        #expect(try bucket.server.object(Self.key, in: bucket) == beat)
        #expect(!ProjectFiles.exists(folder("other")) && !ProjectFiles.exists(folder("state.beat")))
    }

    @Test("that is missing, another's, ahead, no beat or out of reach keeps the installation closed")
    func opening() async throws {
        let bucket = try S3Bucket()
        let folder = try ScratchFolder()
        let installation = try Installation(in: folder, settings: bucket.settings(keysIn: folder))
        do {
            let service = try installation.open()
            try await service.advanceBeat()
            #expect(try Self.present(bucket).commitCount == service.commitCount)
        }
        let beat = try Self.present(bucket)
        var ahead = beat
        ahead.advance(by: Beat.Step(commitCount: beat.commitCount + 100))
        let newer = beat.text.replacing("\"beat\": 1", with: "\"beat\": 2")
        let cases: [(text: String?, code: String)] = [
            (nil, "beat_missing"), (Beat(installation: Self.installation).text, "beat_foreign"),
            (ahead.text, "registry_behind"), (String(beat.text.dropLast(3)), "beat_unreadable"),
            (newer, "schema_newer"),
        ]
        for (text, code) in cases {
            if let text { try Self.put(text, bucket) } else { try bucket.order(#""delete": "closed/beat""#) }
            let refusal = #expect(throws: OperationError.self) { try installation.open() }
            #expect(refusal?.code == code)
            let mistakes = await IssuingService.mistakes(
                in: installation.state, owner: geteuid(), at: 1_800_000_000, checkSocket: {})
            #expect(mistakes.map(\.code) == [code], "\(mistakes)")
        }
        try Self.put(beat.text, bucket)
        for (fault, code) in [("403", "tiles_refused"), ("503", "tiles_silent")] {
            try bucket.order("\"fault\": \"\(fault)\", \"method\": \"GET\", \"ends\": \"/beat\", \"count\": 100000")
            let refusal = #expect(throws: OperationError.self) { try installation.open() }
            #expect(refusal?.code == code)
            try bucket.order(#""clear": true"#)
        }
        try bucket.order(#""fault": "ignore-conditions", "method": "PUT", "count": 100000"#)
        let mistakes = await IssuingService.mistakes(
            in: installation.state, owner: geteuid(), at: 1_800_000_000, checkSocket: {})
        #expect(
            Set(mistakes.map(\.code)) == ["beat_unwritable", "epoch_keys_unwritable", "tiles_unsafe"], "\(mistakes)")
        try bucket.order(#""clear": true"#)
        #expect(throws: Never.self) { try installation.open() }
    }

    @Test("needs the service's address and keys, and a place where the public may not read")
    func settings() throws {
        let sound = """
            tiles: "s3://logs/city"
            tilesEndpoint: https://s3.example.org
            tilesCredentials: credential:tiles
            """
        for place in ["s3://logs/closed", "s3://logs", "s3://logs/city2", "s3://beats", "s3://beats/city"] {
            let settings = try Settings(text: "\(sound)\nbeat: \"\(place)\"\n")
            #expect(settings.beat == place)
            #expect(try Settings(text: settings.text) == settings)
        }
        let refused = [
            "\(sound)\nbeat: \"s3://logs/city\"\n", "\(sound)\nbeat: \"s3://logs/city/beat\"\n",
            "\(sound)\nbeat: \"s3://\"\n", "\(sound)\nbeat: \"s3://logs/.hidden\"\n", "beat: \"s3://beats\"\n",
            "tilesEndpoint: \"https://*.example.org\"\ntilesCredentials: credential:tiles\nbeat: \"s3://a.beat\"\n",
        ]
        for text in refused {
            let refusal = #expect(throws: OperationError.self) { try Settings(text: text) }
            #expect(refusal?.code == "settings_invalid" && refusal?.reason.contains("`beat`") == true, "\(text)")
        }
    }
}

import Encoding
import Foundation
import Glibc
import IssuerTestSupport
import ObjectStorage
import Platform
import Signing
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Issuing

@Suite("The epoch keys that several daemons share in a bucket", .serialized, .enabled(if: S3Server.isAvailable))
struct SharedEpochsTests {
    private static let start: UInt64 = 1_800_000_000
    private static let week: UInt64 = 604_800
    private static let value = "张三 13800138000"

    private static func place(_ bucket: S3Bucket, secret: UInt8 = 1) throws -> EpochBucket {
        let place = try #require(
            S3Place("s3://\(bucket.name)/epochs", endpoint: bucket.endpoint, region: "us-east-1"))
        let client = S3Client(
            place, credentials: try S3Credentials(bytes: S3Bucket.credentials()),
            nowMilliseconds: MachineClocks.system.wallMilliseconds)
        let secret = [UInt8](repeating: secret, count: KeyRing.secretByteCount)
        return EpochBucket(
            client, probe: S3Probe(client, random: SystemRandom()),
            sealing: try EpochKeySealing(registrySecret: secret, random: SystemRandom()))
    }

    private static func key(_ number: UInt32) throws -> FieldEpochKey {
        try FieldEpochKey.make(number: number, at: start, random: SystemRandom())
    }

    private static func names(_ bucket: S3Bucket) throws -> [String] {
        try bucket.server.keys(of: bucket).filter { $0.hasPrefix("epochs/") }.map { String($0.dropFirst(7)) }.sorted()
    }

    @Test("are whole for whoever has the registry's key, and nothing for anybody else")
    func sealed() throws {
        let bucket = try S3Bucket()
        let place = try Self.place(bucket)
        #expect(try place.keys() == nil)
        let first = try Self.key(1)
        try place.create(with: first)
        #expect(try place.keys() == [first] && place.key(1) == first && place.key(2) == nil)
        let object = Data(try bucket.server.object("epochs/1.key", in: bucket))
        #expect(object.count == EpochKeySealing.byteCount)
        #expect(object.range(of: Data(first.encoded.suffix(32))) == nil)
        var refusal = #expect(throws: OperationError.self) { try Self.place(bucket, secret: 2).keys() }
        #expect(refusal?.code == "epoch_keys_unreadable")
        refusal = #expect(throws: OperationError.self) { try place.create(with: Self.key(1)) }
        #expect(refusal?.code == "epoch_keys_exist")
        let sealing = try EpochKeySealing(
            registrySecret: [UInt8](repeating: 1, count: KeyRing.secretByteCount), random: SystemRandom())
        let bytes = try sealing.seal(first)
        #expect(sealing.open(bytes, number: 1) == first && sealing.open(bytes, number: 2) == nil)
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 1
            #expect(sealing.open(altered, number: 1) == nil && sealing.open(Array(bytes[..<index]), number: 1) == nil)
        }
        for name in ["01.key", "x.key", "2.key"] {
            try bucket.order("\"put\": \"epochs/\(name)\", \"text\": \"no key\"")
            refusal = #expect(throws: OperationError.self) { try place.keys() }
            #expect(refusal?.code == "epoch_keys_unreadable", "\(name)")
            try bucket.order("\"delete\": \"epochs/\(name)\"")
        }
    }

    @Test("are begun by one daemon of several, and a lost answer is no other daemon's key")
    func begun() async throws {
        let bucket = try S3Bucket()
        let keys = try await withThrowingTaskGroup { group in
            for _ in 0..<6 {
                group.addTask { try Self.place(bucket).add(Self.key(1)) }
            }
            return try await group.reduce(into: [FieldEpochKey]()) { $0.append($1) }
        }
        let present = try Self.place(bucket).key(1)
        #expect(keys.count == 6 && keys.allSatisfy { $0 == present })
        for fault in ["drop-after", "status-after", "write-412"] {
            try bucket.order("\"fault\": \"\(fault)\", \"method\": \"PUT\", \"ends\": \"/2.key\"")
            let key = try Self.key(2)
            let place = try Self.place(bucket)
            #expect(try place.add(key) == key && place.key(2) == key, "\(fault)")
            try place.destroy(2)
            #expect(try Self.names(bucket) == ["1.key"])
        }
        try bucket.order(#""fault": "403", "method": "PUT", "ends": "/2.key""#)
        let refusal = #expect(throws: OperationError.self) { try Self.place(bucket).add(Self.key(2)) }
        #expect(refusal?.code == "epoch_keys_unwritable")
    }

    @Test("end by overwriting and removal, which a later reading finishes after a crash")
    func destroyed() throws {
        let bucket = try S3Bucket()
        let place = try Self.place(bucket)
        for number in 1...2 as ClosedRange<UInt32> { _ = try place.add(Self.key(number)) }
        try bucket.order(#""fault": "403", "method": "DELETE", "ends": "/1.key""#)
        let refusal = #expect(throws: OperationError.self) { try place.destroy(1) }
        #expect(refusal?.code == "epoch_keys_unwritable")
        #expect(try bucket.server.object("epochs/1.key", in: bucket) == EpochKeySealing.overwritten)
        #expect(try place.keys()?.map(\.number) == [2])
        #expect(try Self.names(bucket) == ["2.key"])
        try place.destroy(1)
        try place.destroy(2)
        #expect(try place.keys() == nil)
    }

    @Test("keep an erased field unreadable from their end on, with every old file and the bucket in hand")
    func erased() async throws {
        let bucket = try S3Bucket()
        let folder = try ScratchFolder()
        let installation = try Installation(in: folder, settings: bucket.settings(keysIn: folder))
        #expect(try Self.names(bucket) == ["1.key"] && !ProjectFiles.exists(folder("state.epochs")))
        let service = try installation.open()
        let secret = Data(try #require(service.epochs.ring.key(1)).encoded.suffix(32))
        let (object, index) = try await service.appendPersonal(Self.value)
        _ = try await service.appendPersonal(Self.value)
        _ = try await service.ask(.eraseEvent, ["object": object, "index": index, "reason": "asked for"])
        for week in 1...2 as ClosedRange<UInt64> {
            try await service.keepEpochsOnce(at: Self.start + week * Self.week)
        }
        #expect(try Self.names(bucket) == ["2.key", "3.key"])
        #expect(try service.database.read { try $0.epochKeys().map(\.status) } == [.destroyed, .live, .live])
        #expect(try await service.openedValues() == [Self.value])
        for key in try bucket.server.keys(of: bucket) {
            let bytes = Data(try bucket.server.object(key, in: bucket))
            #expect(bytes.range(of: secret) == nil && bytes.range(of: Data(Self.value.utf8)) == nil, "\(key)")
        }
        #expect(!String(decoding: try bucket.requests(), as: UTF8.self).contains(S3Bucket.keys.secret))
    }

    @Test("or a kept field survive a kill at every step of the change of keys", arguments: EpochStep.allCases)
    func killed(at step: EpochStep) async throws {
        let bucket = try S3Bucket()
        let folder = try ScratchFolder()
        var settings = try bucket.settings(keysIn: folder)
        let copies = folder("copies")
        unsafe mkdir(copies, 0o700)
        try RecoveryKey.make(
            for: .ed25519, at: folder("private"), publicAt: folder("public"), passphrase: nil)
        (settings.recoveryKey, settings.epochCopies) = (folder("public"), copies)
        let installation = try Installation(in: folder, settings: settings)
        do {
            let service = try installation.open()
            _ = try await service.appendPersonal(Self.value)
        }
        // The process ends in the middle: nothing that comes after the step is done.
        let service = try installation.open()
        struct Killed: Error {}
        let place = KilledPlace(
            try #require(
                try installation.state.epochs(
                    settings, registrySecret: service.keys.registrySecret, credentialFolder: nil,
                    random: SystemRandom()) as? EpochBucket))
        let opened = try OpenedEpochs(place, of: service.database, at: 0, random: SystemRandom())
        let keeper = EpochKeeper(opened, copies: try EpochCopies(settings), random: SystemRandom()) { reached in
            if reached == step { place.isDead.store(true, ordering: .releasing) }
        }
        let cipher = try FieldCipher(
            sealingKey: service.keys.registrySecret, digestKey: service.keys.digestSecret, epochs: keeper.ring,
            random: SystemRandom())
        let registry = Registry(cipher: cipher, random: SystemRandom())
        for week in 1...2 as ClosedRange<UInt64> where !place.isDead.load(ordering: .acquiring) {
            let now = Self.start + week * Self.week
            _ = try? await keeper.keep(at: now, registry: registry, in: service.database)
        }
        let isDead = place.isDead.load(ordering: .acquiring)
        #expect(isDead, "\(step)")
        // Another daemon goes on.
        for week in 3...5 as ClosedRange<UInt64> {
            try await service.keepEpochsOnce(at: Self.start + week * Self.week)
        }
        #expect(try await service.openedValues() == [Self.value])
        #expect(try !Self.names(bucket).contains("1.key"))
        #expect(try service.database.read { try $0.epochKeys().first?.status } == .destroyed)
        // The copy of a key that never came into its place stays, and opens nothing.
        let copyCount = try FileManager.default.contentsOfDirectory(atPath: copies).count
        #expect(copyCount == (step == .copied ? 3 : 2))
    }

    /// A place that a killed process can no longer change.
    private final class KilledPlace: EpochPlace {
        let isDead = Atomic<Bool>(false)
        private let place: EpochBucket

        init(_ place: EpochBucket) { self.place = place }

        var path: String { place.path }
        var readingFix: String { place.readingFix }
        var writingFix: String { place.writingFix }
        func keys() throws(OperationError) -> [FieldEpochKey]? { try place.keys() }
        func key(_ number: UInt32) throws(OperationError) -> FieldEpochKey? { try place.key(number) }
        func create(with key: FieldEpochKey) throws(OperationError) { try place.create(with: key) }
        func withdraw(_ key: FieldEpochKey) { place.withdraw(key) }
        func obstacle() -> OperationError? { place.obstacle() }

        func add(_ key: FieldEpochKey) throws(OperationError) -> FieldEpochKey {
            guard !isDead.load(ordering: .acquiring) else { throw place.unwritable(path, "the process has ended") }
            return try place.add(key)
        }

        func destroy(_ number: UInt32) throws(OperationError) {
            guard !isDead.load(ordering: .acquiring) else { throw place.unwritable(path, "the process has ended") }
            try place.destroy(number)
        }
    }

    @Test("that are missing, another's, damaged or out of reach keep the installation closed")
    func opening() async throws {
        let bucket = try S3Bucket()
        let folder = try ScratchFolder()
        let installation = try Installation(in: folder, settings: bucket.settings(keysIn: folder))
        let registrySecret = try installation.open().keys.registrySecret
        func codes() async -> [String] {
            await IssuingService.mistakes(
                in: installation.state, owner: geteuid(), at: Self.start, checkSocket: {}
            ).map(\.code)
        }
        #expect(await codes().isEmpty)
        let own = try #require(try Self.owned(bucket, registrySecret).key(1))
        let cases: [(change: () throws -> Void, code: String)] = [
            ({ try bucket.order(#""delete": "epochs/1.key""#) }, "epoch_keys_missing"),
            ({ _ = try Self.owned(bucket, registrySecret).add(Self.key(1)) }, "epoch_keys_foreign"),
            ({ try bucket.order(#""put": "epochs/1.key", "text": "no key""#) }, "epoch_keys_unreadable"),
        ]
        for (change, code) in cases {
            try change()
            let refusal = #expect(throws: OperationError.self) { try installation.open() }
            #expect(refusal?.code == code)
            #expect(await codes() == [code])
        }
        try bucket.order(#""delete": "epochs/1.key""#)
        _ = try Self.owned(bucket, registrySecret).add(own)
        try bucket.order(#""fault": "403", "method": "GET", "ends": "/1.key""#)
        let refusal = #expect(throws: OperationError.self) { try installation.open() }
        #expect(refusal?.code == "tiles_refused")
        #expect(throws: Never.self) { try installation.open() }
        // A key that a paused daemon made again after its end is left alone.
        let service = try installation.open()
        for week in 1...2 as ClosedRange<UInt64> {
            try await service.keepEpochsOnce(at: Self.start + week * Self.week)
        }
        _ = try Self.owned(bucket, registrySecret).add(Self.key(1))
        let opened = try OpenedEpochs(
            Self.owned(bucket, registrySecret), of: service.database, at: 0, random: SystemRandom())
        #expect(opened.ring.keys.map(\.number) == [2, 3])
    }

    private static func owned(_ bucket: S3Bucket, _ registrySecret: [UInt8]) throws -> EpochBucket {
        let folder = try ScratchFolder()
        let settings = try bucket.settings(keysIn: folder)
        let client = try settings.tiles.client(for: settings.epochKeys, credentialFolder: nil)
        return EpochBucket(
            client, probe: S3Probe(client, random: SystemRandom()),
            sealing: try EpochKeySealing(registrySecret: registrySecret, random: SystemRandom()))
    }
}

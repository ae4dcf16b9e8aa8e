import Dispatch
import ObjectStorage
import Signing
import Synchronization
import TestSupport
import Testing
import TraceLog

@testable import PostgreSQLStorage
@testable import Storage

/// Where a publisher is paused, while another one goes on.
enum Stop: Sendable, CaseIterable {
    case entriesRead, tilesWritten, checkpointSigned, headAnnounced, headSwapped, copyCompared, checkpointPublished

    init?(_ point: FaultPoint) {
        switch point {
        case .entriesRead: self = .entriesRead
        case .tilesWritten: self = .tilesWritten
        case .checkpointSigned: self = .checkpointSigned
        case .headAnnounced: self = .headAnnounced
        case .headSwapped: self = .headSwapped
        case .checkpointPublished: self = .checkpointPublished
        default: return nil
        }
    }

    /// Whether the paused publisher's head has moved by then.
    var isSwapped: Bool { [.headSwapped, .copyCompared, .checkpointPublished].contains(self) }
}

/// Stops a publisher once at a place, until it is woken.
final class Brake: Sendable {
    private let place = Mutex<Stop?>(nil)
    private let reached = Flag()
    private let goesOn = DispatchSemaphore(value: 0)

    func arm(_ stop: Stop) { place.withLock { $0 = stop } }

    func pass(_ stop: Stop?) {
        let isHere = place.withLock { place in
            guard let stop, place == stop else { return false }
            place = nil
            return true
        }
        guard isHere else { return }
        reached.set()
        goesOn.wait()
    }

    func awaitStop() async throws { try await reached.wait() }
    func release() { goesOn.signal() }
}

/// The bucket's register, with a place to pause between its comparison and its write.
private struct BrakedRegister: CheckpointRegister {
    let register: S3CheckpointRegister
    let brake: Brake

    func head() throws -> [UInt8]? { try register.head() }

    func replace(
        expecting expected: [UInt8]?, with bytes: [UInt8], announce: () throws -> Void
    ) throws -> CheckpointReplacement {
        try register.replace(expecting: expected, with: bytes) {
            try announce()
            brake.pass(.copyCompared)
        }
    }
}

/// One of the daemons that share a log, as far as it publishes.
struct SharingDaemon {
    let store: PostgreSQLStore
    let log: TraceLogStore
    let bucket: OpenBucket
    let publisher: LogPublisher
    let brake = Brake()
    let lease: any StoreLease

    init(_ place: PostgreSQLAddress, _ shared: S3Bucket, _ key: SigningKey) throws {
        store = try PostgreSQLStore(
            at: place, times: PostgreSQLPlace.patientTimes, epochs: ScratchRegistry.cipher().fields.ring)
        bucket = try OpenBucket(shared, limits: OpenBucket.hasty)
        log = TraceLogStore(
            registry: store, fields: try ScratchRegistry.fields(), headsInterval: 90,
            faults: { [brake] point in brake.pass(Stop(point)) })
        publisher = try LogPublisher(
            store: log, tiles: bucket.tiles, register: BrakedRegister(register: bucket.register, brake: brake),
            origin: "log.example", key: key)
        lease = try #require(store.lease)
    }

    func grow(to size: UInt64) async throws {
        while try log.count() < size {
            let count = try log.count()
            let writes = (count..<size).prefix(40).map { number in
                let object = ObjectID([UInt8](repeating: UInt8(number * 7 % 23), count: 8))
                let event = TraceEvent(timeMilliseconds: Int64(number), step: .inspecting)
                return (object, event)
            }
            try await store.write { [log] transaction in
                for (object, event) in writes {
                    let object = try #require(object)
                    _ = try log.append(
                        EventRequest(object: object, event: .observed(event), actor: ""), at: 1_700_000_000_000,
                        in: transaction)
                }
            }
        }
    }
}

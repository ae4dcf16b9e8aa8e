import Platform
import Synchronization
import TraceLog

/// The newest checkpoint that this process published or read, for readers of the daemon.
final class S3NewestCheckpoint: Sendable {
    /// The age after which the bucket is asked again: another daemon may have published.
    private static let ageMillisecondsMax = 1000

    private struct Copy {
        let bytes: [UInt8]
        let size: UInt64
        let milliseconds: Int
    }

    private let copy = Mutex<Copy?>(nil)

    /// The copy, if it is young.
    var young: [UInt8]? {
        let now = MonotonicClock.milliseconds()
        return copy.withLock { $0.flatMap { now - $0.milliseconds < Self.ageMillisecondsMax ? $0.bytes : nil } }
    }

    /// The copy, of whatever age.
    var any: [UInt8]? { copy.withLock { $0?.bytes } }

    /// Keeps a checkpoint unless a higher one is kept; returns the one that is kept then.
    @discardableResult
    func keep(_ bytes: [UInt8]) -> [UInt8] {
        // Bytes that are no checkpoint are returned as they are, and refused by whoever reads them.
        guard let size = (try? Checkpoint(note: bytes))?.size else { return bytes }
        let now = MonotonicClock.milliseconds()
        return copy.withLock { copy in
            if let kept = copy, kept.size > size {
                copy = Copy(bytes: kept.bytes, size: kept.size, milliseconds: now)
                return kept.bytes
            }
            copy = Copy(bytes: bytes, size: size, milliseconds: now)
            return bytes
        }
    }
}

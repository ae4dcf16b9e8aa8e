import CSHA256
import Signing

/// SHA-256 and nothing else, over messages of 16 KiB.
enum RawHashing {
    private static let messageByteCount = 16_384
    private static let blocksAMessage = messageByteCount / 64 + 1
    private static let laneCount = 4

    /// Hashes one message after another by OpenSSL, as `openssl speed` does.
    static func library(blockCount: Int, threadCount: Int) async {
        await onThreads(threadCount) {
            let message = [UInt8](repeating: 7, count: messageByteCount)
            var hasher = Hasher(.sha256)
            var digest = [UInt8](repeating: 0, count: 32)
            for _ in 0..<blockCount / blocksAMessage / threadCount {
                unsafe message.withUnsafeBytes { unsafe hasher.update($0) }
                unsafe digest.withUnsafeMutableBytes { unsafe hasher.finalize(into: $0) }
            }
        }
    }

    /// Hashes four messages at once by this project's code, if the processor supports it.
    static func lanes(blockCount: Int, threadCount: Int) async {
        guard csha256_is_supported() else { return }
        await onThreads(threadCount) {
            let messages = [UInt8](repeating: 7, count: messageByteCount * laneCount)
            let offsets = (0..<laneCount).map { UInt32($0 * messageByteCount) }
            let lengths = [UInt32](repeating: UInt32(messageByteCount), count: laneCount)
            var digests = [UInt8](repeating: 0, count: 32 * laneCount)
            for _ in 0..<blockCount / blocksAMessage / laneCount / threadCount {
                unsafe csha256_leaves(messages, offsets, lengths, laneCount, &digests)
            }
        }
    }

    private static func onThreads(_ count: Int, _ work: @escaping @Sendable () -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<count { group.addTask { work() } }
        }
    }
}

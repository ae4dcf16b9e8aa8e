import COpenSSL
import Glibc

/// The kernel's random generator (`getrandom`), which waits until it is seeded.
package struct SystemRandom: RandomSource {
    package init() {}

    /// Returns `count` bytes.
    ///
    /// - Throws: `random_unavailable` when the kernel refuses, for example in a sandbox that forbids the call.
    package func bytes(_ count: Int) throws(SigningError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let drawn = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe getrandom(buffer.baseAddress?.advanced(by: filled), count - filled, 0)
            }
            if drawn < 0 && errno == EINTR { continue }
            guard drawn > 0 else {
                throw SigningError(
                    code: .randomUnavailable,
                    reason: "the kernel returned no random bytes: \(unsafe String(cString: strerror(errno)))",
                    hint: "allow the getrandom system call")
            }
            filled += drawn
        }
        return bytes
    }
}

/// A source of random bytes; a parameter everywhere, so that tests can use fixed bytes.
package protocol RandomSource: Sendable {
    /// Returns `count` unpredictable bytes.
    func bytes(_ count: Int) throws(SigningError) -> [UInt8]
}

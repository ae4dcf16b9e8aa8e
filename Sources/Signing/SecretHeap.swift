import COpenSSL
import Glibc

/// Memory for secrets that the kernel does not write to a swap device.
package enum SecretHeap {
    /// Room for some hundred private keys, and for the numbers that signatures are computed with.
    private static let byteCount = 1 << 20
    private static let smallest = 32

    /// Gives libcrypto's private keys a heap of their own, locked into memory and between guard pages.
    ///
    /// - Returns: whether the memory is locked; a low limit of locked memory prevents it.
    package static func begin() -> Bool {
        suishen_secure_heap_begin(byteCount, smallest) == 1
    }

    /// Locks the memory of a secret that stays for the life of the process; a failure changes nothing.
    package static func lock(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { buffer in
            _ = unsafe mlock(buffer.baseAddress, buffer.count)
        }
    }
}

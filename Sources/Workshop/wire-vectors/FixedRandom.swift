import Signing
import Synchronization

/// Random-looking bytes that are the same in every run; for vectors only.
final class FixedRandom: RandomSource {
    private let label: [UInt8]
    private let counter = Mutex<UInt64>(0)

    init(label: String) {
        self.label = Array(label.utf8)
    }

    func bytes(_ count: Int) throws(SigningError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let number = counter.withLock { value in
                value += 1
                return value
            }
            bytes.append(contentsOf: DigestAlgorithm.sha256.digest(label + Array("\(number)".utf8)))
        }
        return Array(bytes.prefix(count))
    }
}

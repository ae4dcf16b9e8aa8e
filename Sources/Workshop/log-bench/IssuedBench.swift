import Foundation
import TraceLog

/// Makes a day of issued codes, and measures the files that are published of it.
struct IssuedBench {
    let count: Int
    let fileCount: Int
    let byteCount: UInt64
    let largestByteCount: Int
    let seconds: Double

    /// Makes random digests, spread over the minutes of a day; the files are counted and not written.
    init(_ count: Int) {
        var random = SystemRandomNumberGenerator()
        var leaves: [IssuedLeaf] = []
        leaves.reserveCapacity(count)
        for number in 0..<count {
            var bytes: [UInt8] = []
            for _ in 0..<4 {
                let word: UInt64 = random.next()
                for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
            }
            guard let digest = MerkleHash(bytes) else { continue }
            leaves.append(IssuedLeaf(digest: digest, offset: UInt16(number * 1440 / count)))
        }
        var (files, sum, largest) = (0, UInt64(0), 0)
        seconds =
            ContinuousClock().measure {
                IssuedTree(leaves).visitFiles { _, bytes in
                    files += 1
                    sum += UInt64(bytes.count)
                    largest = max(largest, bytes.count)
                }
            } / .seconds(1)
        self.count = count
        (fileCount, byteCount, largestByteCount) = (files, sum, largest)
    }

    /// The result as one JSON object.
    var json: String {
        "{\"codes\":\(count),\"files\":\(fileCount),\"bytes\":\(byteCount),\"largestFile\":\(largestByteCount),"
            + "\"seconds\":\(String(format: "%.1f", seconds))}"
    }
}

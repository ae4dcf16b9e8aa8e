import Foundation

/// A folder for one run, removed with everything in it.
final class Scratch: Sendable {
    let path = NSTemporaryDirectory() + "log-bench-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

import Encoding
package import Signing
package import Storage
import Synchronization

/// Tries once in a process whether the service keeps the promises that the log depends on.
///
/// Some services ignore the conditions of a write, and some turn them round; a log that is published there could fork.
package final class S3Probe: Sendable {
    private enum Outcome {
        case untried, sound
        case unsafe(LogError)
    }

    private let client: S3Client
    private let random: any RandomSource
    private let outcome = Mutex(Outcome.untried)

    package init(_ client: S3Client, random: any RandomSource) {
        self.client = client
        self.random = random
    }

    /// Tries the service unless that was done, with an object of its own that it deletes again.
    ///
    /// - Throws: `tiles_unsafe`, from then on always; `tiles_refused` without the right to list, read, write or delete;
    ///   `tiles_silent` while the service is silent, which does not count as tried.
    package func check() throws(LogError) {
        // A second caller waits for the first one's outcome.
        let failure: LogError? = outcome.withLock { outcome in
            switch outcome {
            case .sound: return nil
            case .unsafe(let error): return error
            case .untried:
                do throws(LogError) {
                    try run()
                    outcome = .sound
                    return nil
                } catch {
                    if error.code == .tilesUnsafe { outcome = .unsafe(error) }
                    return error
                }
            }
        }
        if let failure { throw failure }
    }

    private func run() throws(LogError) {
        let name: [UInt8]
        do { name = try random.bytes(16) } catch { throw .storageSilent("there are no random bytes: \(error.reason)") }
        // A name that no log's file has.
        let key = client.place.prefix + ".probe-" + Hex.encode(name)
        _ = try client.list(client.place.prefix, countMax: 1)
        guard try read(key) == nil else { throw .conditionsUnsafe("a new name has an object already") }
        defer { try? client.delete(key) }
        let (first, other) = (Array("first".utf8), Array("other".utf8))
        try expect(false, first, key, .matching("\"0123456789abcdef0123456789abcdef\""), "If-Match without an object")
        try expect(true, first, key, .absent, "If-None-Match: * without an object")
        try expect(false, other, key, .absent, "If-None-Match: * over an object")
        guard let written = try read(key), written.bytes == first else {
            throw .conditionsUnsafe("a write that was refused by If-None-Match has changed the object")
        }
        try expect(false, other, key, .matching("\"0123456789abcdef0123456789abcdef\""), "If-Match with a wrong tag")
        guard try read(key) == written else {
            throw .conditionsUnsafe("a write that was refused by If-Match has changed the object")
        }
        try expect(true, other, key, .matching(written.entityTag), "If-Match with the right tag")
        guard let replaced = try read(key), replaced.bytes == other, replaced.entityTag != written.entityTag else {
            throw .conditionsUnsafe("an object that was replaced has its old bytes or its old tag")
        }
        try expect(false, first, key, .matching(written.entityTag), "If-Match with an old tag")
        try client.delete(key)
        guard try read(key) == nil else { throw .conditionsUnsafe("an object that was deleted is still there") }
    }

    private func read(_ key: String) throws(LogError) -> S3Object? {
        try client.read(key, byteCountMax: S3Markup.byteCountMax)
    }

    private func expect(
        _ isWritten: Bool, _ bytes: [UInt8], _ key: String, _ condition: S3Condition, _ words: String
    ) throws(LogError) {
        let outcome = try client.write(bytes, to: key, if: condition, as: .changing, isSettled: false)
        switch outcome {
        case .written:
            guard !isWritten else { return }
            throw .conditionsUnsafe("the object storage does not refuse \(words)")
        case .refused(let isUnsure):
            guard isWritten else { return }
            // The first attempt of a repeated write may be what the second one met.
            if isUnsure, try read(key)?.bytes == bytes { return }
            throw .conditionsUnsafe("the object storage refuses \(words)")
        }
    }
}

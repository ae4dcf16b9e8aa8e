import Encoding
import Glibc
import Platform
package import Signing

/// A gate's events that no daemon has answered yet: one file, in which each line's hash covers the hash before it.
///
/// An event is on the disk before ``append(_:random:)`` returns, and several processes may share the file. The file
/// `.state` beside it holds the spool's length and last hash, so that a cut end is detected as well as an altered
/// line. A user who can write both files can forge both; outsiders check the log, not the spool.
package final class EventSpool: Sendable {
    /// The most bytes of waiting events: about 200,000 events.
    package static let byteCountMax = 64 << 20
    private static let keyByteCount = 16

    package let path: String
    private let file: LockedFile
    private var descriptor: Int32 { file.descriptor }

    /// Opens a spool, or makes it if the file does not exist.
    package init(path: String) throws(SpoolError) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.systemFailure(.unwritable, path) }
        file = LockedFile(descriptor, at: path)
        self.path = path
    }

    /// Writes an event to the disk.
    ///
    /// - Parameters:
    ///   - event: the event to record.
    ///   - random: the source of its idempotency key.
    /// - Throws: `spool_full`, `spool_tampered` if the file was altered, or the disk's error.
    package func append(_ event: RecordedEvent, random: some RandomSource) throws(SpoolError) {
        let key: String
        do {
            key = Hex.encode(try random.bytes(Self.keyByteCount))
        } catch {
            throw .failed(.unwritable, path, error.reason)
        }
        try exclusively { () throws(SpoolError) in
            var state = try recovered()
            let spooled = SpooledEvent(sequence: state.count, idempotencyKey: key, request: event.request)
            let (line, hash) = spooled.line(after: state.hash)
            guard line.count <= SpooledEvent.byteCountMax, state.byteCount + UInt64(line.count) <= Self.byteCountMax
            else { throw .full(path) }
            let count = unsafe line.withUnsafeBytes { bytes in
                unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, Int(state.byteCount))
            }
            guard count == line.count, fdatasync(descriptor) == 0 else { throw Self.systemFailure(.unwritable, path) }
            state.byteCount += UInt64(line.count)
            state.count += 1
            state.hash = hash
            try write(state)
        }
    }

    /// Checks every line of the file, and returns the unanswered events, oldest first.
    ///
    /// Throws `spool_tampered`, and returns no event, if any line or the end was altered.
    func waiting() throws(SpoolError) -> [SpooledEvent] {
        try exclusively { () throws(SpoolError) in
            let state = try recovered()
            var events: [SpooledEvent] = []
            var sequence = state.base
            var hash = state.baseHash
            for line in Self.lines(try read(from: 0)) {
                guard let (event, next) = SpooledEvent.read(line, after: hash, sequence: sequence) else {
                    throw .tampered(path, "event \(sequence) does not follow the one before it")
                }
                if sequence >= state.sent { events.append(event) }
                sequence += 1
                hash = next
            }
            guard sequence == state.count, hash == state.hash else {
                throw .tampered(path, "it ends at event \(sequence), but \(state.count) events were written")
            }
            return events
        }
    }

    /// Notes that the daemon has answered `event` and all events before it; empties the file after the last event.
    func settle(_ event: SpooledEvent) throws(SpoolError) {
        try exclusively { () throws(SpoolError) in
            var state = try recovered()
            guard event.sequence >= state.sent else { return }
            state.sent = event.sequence + 1
            guard state.sent == state.count else { return try write(state) }
            state.base = state.count
            state.baseHash = state.hash
            state.isEmptying = true
            try write(state)
            _ = try emptied(state)
        }
    }

    /// Keeps an event that the daemon refused for good, with the error code, in the file `.refused` beside the spool.
    func keepRefused(_ event: SpooledEvent, code: String) throws(SpoolError) {
        let refused = path + ".refused"
        let line: JSONValue = [
            "code": .string(code), "idempotencyKey": .string(event.idempotencyKey), "event": event.request,
        ]
        let file = unsafe open(refused, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard file >= 0 else { throw Self.systemFailure(.unwritable, refused) }
        defer { close(file) }
        let bytes = Array((line.encoded() + "\n").utf8)
        let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
        guard count == bytes.count, fsync(file) == 0 else { throw Self.systemFailure(.unwritable, refused) }
    }

    /// Repairs the file after a crash and returns its state: a torn line is removed, a complete line is kept.
    private func recovered() throws(SpoolError) -> SpoolState {
        var file = stat()
        guard unsafe fstat(descriptor, &file) == 0 else { throw Self.systemFailure(.unreadable, path) }
        guard unsafe access(statePath, F_OK) == 0 else {
            guard file.st_size == 0 else { throw .tampered(path, "its state, \(statePath), is missing") }
            let state = SpoolState()
            try write(state)
            return state
        }
        guard let bytes = try? GateFile.read(statePath, byteCountMax: SpoolState.byteCountMax),
            var state = SpoolState(bytes)
        else { throw .tampered(path, "its state, \(statePath), cannot be read") }
        if state.isEmptying { return try emptied(state) }
        guard UInt64(file.st_size) >= state.byteCount else {
            throw .tampered(path, "it has \(file.st_size) bytes, but \(state.byteCount) were written")
        }
        guard UInt64(file.st_size) > state.byteCount else { return state }
        let tail = try read(from: state.byteCount)
        for line in Self.lines(tail) {
            guard let (_, hash) = SpooledEvent.read(line, after: state.hash, sequence: state.count) else {
                throw .tampered(path, "event \(state.count) does not follow the one before it")
            }
            state.byteCount += UInt64(line.count + 1)
            state.count += 1
            state.hash = hash
        }
        guard ftruncate(descriptor, Int(state.byteCount)) == 0 else { throw Self.systemFailure(.unwritable, path) }
        try write(state)
        return state
    }

    private func emptied(_ emptying: SpoolState) throws(SpoolError) -> SpoolState {
        var state = emptying
        guard ftruncate(descriptor, 0) == 0 else { throw Self.systemFailure(.unwritable, path) }
        state.byteCount = 0
        state.isEmptying = false
        try write(state)
        return state
    }

    private var statePath: String { path + ".state" }

    private func write(_ state: SpoolState) throws(SpoolError) {
        do {
            try GateFile.replace(statePath, with: state.encoded)
        } catch {
            throw .failed(.unwritable, statePath, error.reason)
        }
    }

    private func read(from offset: UInt64) throws(SpoolError) -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try GateFile.read(path, byteCountMax: Self.byteCountMax + SpooledEvent.byteCountMax)
        } catch {
            throw .failed(.unreadable, path, error.reason)
        }
        return Array(bytes.dropFirst(Int(offset)))
    }

    private func exclusively<Value>(_ body: () throws(SpoolError) -> Value) throws(SpoolError) -> Value {
        try file.exclusively(failure: { .unlocked(path, $0) }, body)
    }

    /// The complete lines; a line without an end was never acknowledged.
    private static func lines(_ bytes: [UInt8]) -> some Sequence<ArraySlice<UInt8>> {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
    }

    private static func systemFailure(_ code: SpoolError.Code, _ path: String) -> SpoolError {
        .failed(code, path, unsafe String(cString: strerror(errno)))
    }
}

import Encoding
import Glibc
import Signing
import Storage
import TraceLog

/// Appends under load and publishes until it dies at a given fault point; the crash tests run it as a child.
///
/// Usage: log-crash-driver DIR POINT COUNTDOWN ROUND. Prints `INDEX SEQUENCE` for each durable answer, and
/// `checkpoint SIZE ROOT` for each published checkpoint. With the point `random` it runs until another process kills
/// it.
@main
struct CrashDriver {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let countdown = Int(arguments[3]), let round = UInt64(arguments[4]) else {
            exit(64)
        }
        let fuse = Fuse(point: FaultPoint(rawValue: arguments[2]), countdown: countdown)
        let path = arguments[1] + "/registry.sqlite"
        if unsafe access(path, F_OK) != 0 { try RegistryDatabase.create(at: path, trusting: []) }
        let secret = [UInt8](repeating: 5, count: FieldCipher.keyByteCount)
        let epoch = try FieldEpochKey(number: 1, begunAt: 0, secret: secret)
        let cipher = try FieldCipher(
            sealingKey: secret, digestKey: secret, epochs: EpochKeyRing([epoch]), random: SystemRandom())
        let store = TraceLogStore(
            registry: try RegistryDatabase(path: path, cipher: cipher), fields: cipher.fields,
            headsInterval: 100, headsAtOnceCountMax: round % 2 == 0 ? 4 : 100, faults: fuse.burn)
        let key = try SigningKey(seed: [UInt8](repeating: 1, count: 32), algorithm: .ed25519)
        let directory = LogDirectory(path: arguments[1] + "/log", faults: fuse.burn)
        let publisher = try LogPublisher(
            store: store, tiles: directory, register: directory, origin: "log.example", key: key)
        _ = try await publisher.recover()
        for batch in 0..<(arguments[2] == "random" ? .max : 6) {
            try await append(to: store, batch: batch, round: round)
            _ = try await publisher.publish()
            try printCheckpoint(in: LogDirectory(path: arguments[1] + "/log"))
        }
    }

    private static func append(to store: TraceLogStore, batch: Int, round: UInt64) async throws {
        try await withThrowingTaskGroup(of: AppendAnswer.self) { group in
            for number in 0..<40 {
                group.addTask {
                    try await store.append(request(number, batch, round), at: round * 1000)
                }
            }
            for try await answer in group { say("\(answer.index) \(answer.sequence)\n") }
        }
        let personal = try await store.append(personalRequest(round), at: round * 1000)
        say("\(personal.index) \(personal.sequence)\n")
        let erasure = try await store.erase(
            personalRequest(round).object, index: personal.index, reason: "asked", actor: "", at: round * 1000)
        say("\(erasure.index) \(erasure.sequence)\n")
    }

    private static func request(_ number: Int, _ batch: Int, _ round: UInt64) throws -> EventRequest {
        guard let object = ObjectID([UInt8](repeating: UInt8(number % 8), count: 8)) else { exit(70) }
        let event = TraceEvent(timeMilliseconds: Int64(round), step: .inspecting)
        var request = EventRequest(object: object, event: .observed(event), actor: "")
        request.idempotency = .init(key: "\(round)-\(batch)-\(number)", requestDigest: [1])
        return request
    }

    private static func personalRequest(_ round: UInt64) throws -> EventRequest {
        guard let object = ObjectID([UInt8](repeating: 99, count: 8)) else { exit(70) }
        let event = TraceEvent(timeMilliseconds: Int64(round), step: .receiving)
        var request = EventRequest(object: object, event: .observed(event), actor: "")
        request.personal = [try Opening.make(name: "name", value: "value", random: SystemRandom())]
        return request
    }

    private static func printCheckpoint(in register: LogDirectory) throws {
        guard let bytes = try register.head() else { exit(70) }
        let checkpoint = try Checkpoint(note: bytes)
        say("checkpoint \(checkpoint.size) \(Hex.encode(checkpoint.root.bytes))\n")
    }

    /// Prints a line in one write, so that the line is whole or absent.
    private static func say(_ line: String) {
        let bytes = Array(line.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}

import ArgumentParser
import Dispatch
import Glibc

/// Writes lines to a gate at a fixed pace that does not wait for it; times each answer from its line's due time.
struct PaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pace", abstract: "Scan at a fixed pace; print p50 and p99 of the delays in microseconds.")

    @Option(help: "A file of codes, one a line; after the last one the first follows.")
    var lines: String

    @Option(help: "Lines a second.")
    var rate: Double

    @Option(help: "The number of lines.")
    var count: Int

    @Argument(parsing: .postTerminator, help: "The gate's command line.")
    var command: [String]

    func run() throws {
        let texts = try codes()
        guard !texts.isEmpty, rate > 0, count > 0 else { throw ValidationError("there is nothing to scan") }
        let gate = try GateProcess(command)
        let start = Self.nanoseconds() + 200_000_000
        let interval = 1e9 / rate
        let due: @Sendable (Int) -> UInt64 = { start + UInt64(Double($0) * interval) }
        let lineCount = count
        DispatchQueue(label: "scanner").async {
            for index in 0..<lineCount {
                Self.sleep(until: due(index))
                gate.write(texts[index % texts.count])
            }
            gate.endInput()
        }
        var delays: [UInt64] = []
        delays.reserveCapacity(count)
        gate.readLines { isAccepted in
            guard isAccepted else { return }
            delays.append(Self.nanoseconds() - due(delays.count))
        }
        guard delays.count == count else { throw ValidationError("\(count - delays.count) lines were not accepted") }
        delays.sort()
        print(delays[count / 2] / 1000, delays[count - 1 - count / 100] / 1000)
    }

    private func codes() throws -> [[UInt8]] {
        guard let file = unsafe fopen(lines, "rb") else { throw ValidationError("\(lines) cannot be read") }
        defer { unsafe fclose(file) }
        var texts: [[UInt8]] = []
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { unsafe free(line) }
        while true {
            let length = unsafe getline(&line, &capacity, file)
            guard length > 0, let text = unsafe line else { return texts }
            texts.append(unsafe Array(UnsafeRawBufferPointer(start: text, count: length)))
        }
    }

    private static func nanoseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func sleep(until due: UInt64) {
        var time = timespec(tv_sec: Int(due / 1_000_000_000), tv_nsec: Int(due % 1_000_000_000))
        while unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }
}

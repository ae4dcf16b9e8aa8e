import Glibc
import IssuerTestSupport
import TestSupport
import Testing

@Suite("A daemon without a free descriptor", .serialized)
struct DescriptorShortageTests {
    private static let descriptorCountMax = 80

    private static func daemon() throws -> HTTPDaemon {
        let limit = "--nofile=\(descriptorCountMax):\(descriptorCountMax)"
        // What other tests left open in this process would count against the limit.
        let closing =
            #"for path in /proc/$$/fd/*; do number=${path##*/}; [ $number -le 2 ] || eval "exec $number>&-"; done; "#
            + #"exec "$@""#
        return try HTTPDaemon(Installation(), prefix: ["bash", "-c", closing, "bash", "prlimit", limit])
    }

    /// The processor time that a process has taken, in seconds (proc(5)).
    private static func processorSeconds(of process: pid_t) throws -> Double {
        let text = String(decoding: try ProjectFiles.bytes("/proc/\(process)/stat"), as: UTF8.self)
        let fields = text.drop { $0 != ")" }.split(separator: " ").dropFirst()
        let ticks = fields.dropFirst(11).prefix(2).compactMap { Double($0) }
        return ticks.reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func descriptorCount(of process: pid_t) -> Int {
        (try? HTTPDaemon.run(["ls", "/proc/\(process)/fd"]).output.split(separator: "\n").count) ?? 0
    }

    @Test("waits without using the processor while every connection awaits an answer, and serves again afterwards")
    func waits() throws {
        let daemon = try Self.daemon()
        var held: [DaemonConnection] = []
        for _ in 0..<(2 * Self.descriptorCountMax) {
            let connection = try DaemonConnection(daemon)
            // A request whose body does not end, so that the daemon may not close the connection as idle.
            try connection.send("POST /v1/objects HTTP/1.1\r\nHost: d\r\nContent-Length: 2\r\n\r\n{")
            held.append(connection)
        }
        while Self.descriptorCount(of: daemon.process) < Self.descriptorCountMax { usleep(10_000) }
        let before = try Self.processorSeconds(of: daemon.process)
        sleep(2)
        let used = try Self.processorSeconds(of: daemon.process) - before
        #expect(used < 0.5, "\(used) s of 2 s")
        held.removeAll()
        // The beat could not be written either, which health says until the next one is.
        while try !daemon.curl(["http://d/v1/health"]).output.hasSuffix("\n200") { usleep(10_000) }
    }

    @Test("closes the connection that has been silent longest, so that silent clients keep nobody out")
    func sheds() throws {
        let daemon = try Self.daemon()
        let held = try (0..<Self.descriptorCountMax).map { _ in try DaemonConnection(daemon) }
        // Shorter than the time after which idle connections end by themselves.
        #expect(try daemon.curl(["--max-time", "45", "http://d/v1/health"]).output.hasSuffix("\n200"))
        withExtendedLifetime(held) {}
    }
}

import ArgumentParser
import CommandSupport
import Encoding
import Issuing

/// Shows how much room the installation takes a day, and when its disks will be full.
struct CapacityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capacity", abstract: "Show the registry's size, and when each disk will be full.",
        discussion: """
            The daemon reads the free bytes of its disks every ten minutes, and compares the last day's readings. It can \
            say nothing in its first hour. A disk that will be full within a week is told on stderr too.
            """)

    @OptionGroup var inquiry: InquiryOptions

    func run() async throws {
        do {
            let health = try await inquiry.state.access().perform(.health, [:])
            let capacity = health["capacity"] ?? .null
            guard !inquiry.result.json else { return inquiry.result.print(capacity) }
            StandardStream.output.write(Self.text(capacity))
            for warning in health["warnings"]?.array ?? [] where warning["code"]?.string == "disk_fills" {
                Diagnostics(command: "suishen").warn(
                    "\(warning["reason"]?.string ?? ""): \(warning["hint"]?.string ?? "")")
            }
        } catch let error as OperationError {
            throw CommandError(error)
        }
    }

    private static func text(_ capacity: JSONValue) -> String {
        let registry = capacity["registryBytes"]?.integer.map(gigabytes) ?? "not read yet"
        let disks = (capacity["disks"]?.array ?? []).map { disk in
            let free = gigabytes(disk["freeBytes"]?.integer ?? 0)
            let room = "\(free) of \(gigabytes(disk["totalBytes"]?.integer ?? 0)) free"
            return "\(disk["place"]?.string ?? ""): \(room), \(trend(disk))\n"
        }
        return "registry: \(registry)\n" + disks.joined()
    }

    private static func trend(_ disk: JSONValue) -> String {
        guard let bytes = disk["bytesADay"]?.integer else { return "its use a day is not known yet" }
        guard let days = disk["fullInDays"]?.integer else { return "it does not fill" }
        return "takes about \(gigabytes(bytes)) a day, full in about \(days) days"
    }

    /// Bytes in units of 10⁹ with one digit after the point, or in units of 10⁶ where that says more.
    private static func gigabytes(_ byteCount: Int64) -> String {
        let (unit, name) = byteCount < 1_000_000_000 ? (Int64(1_000_000), "MB") : (1_000_000_000, "GB")
        let tenths = max(0, byteCount) / (unit / 10)
        return "\(tenths / 10).\(tenths % 10) \(name)"
    }
}

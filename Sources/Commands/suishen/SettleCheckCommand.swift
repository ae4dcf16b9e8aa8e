import ArgumentParser
import CommandSupport
import Encoding
import Gate
import Issuing
import TraceLog

/// Checks the opened samples of all gates, and prints what became of each sample.
struct SettleCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check what gates opened: one line a gate, and nothing personal.",
        discussion: """
            A drawn receipt that is not opened counts as invented. Give the openings of all gates at once, since a \
            doubled receipt shows only where both copies are. The installation opens them in memory alone. The exit \
            status is 1 if a receipt is invented, altered or doubled.
            """)

    /// The most bytes of a file of draws.
    private static let drawsByteCountMax = 256 << 20
    /// The most bytes of openings in one request, which the daemon limits to 64 KiB of JSON.
    private static let requestByteCountMax = 40 << 10

    @Option(help: "The output of `suishen settle draw`.")
    var draw: String

    @Option(
        parsing: .upToNextOption,
        help: "The files that `verify receipts open` wrote, one for each gate.")
    var openings: [String]

    @OptionGroup var state: StateOptions

    @Flag(help: "One JSON object a line; this is always the output.")
    var json = false

    /// A gate's day.
    private struct Place: Hashable {
        let gate: GateIdentifier
        let day: SettlementDay
    }

    func run() async throws {
        do {
            let draws = try Self.draws(in: draw)
            let (answers, isWhole) = Self.answers(in: openings)
            let access = try state.access()
            var samples: [(draw: SettlementDraw, results: [SampleTally.Result])] = []
            for draw in draws {
                let answer = answers[Place(gate: draw.gate, day: draw.day)]
                samples.append((draw, try await Self.results(of: draw, answer?.openings ?? [], access)))
            }
            let tallies = SampleTally.tallies(of: samples)
            for tally in tallies { StandardStream.output.write(tally.json.encoded() + "\n") }
            if !isWhole || tallies.contains(where: \.isBad) { throw ExitCode(ExitStatus.failure.rawValue) }
        } catch let error as OperationError {
            throw CommandError(error)
        } catch let error as ReceiptError {
            throw CommandError(error)
        }
    }

    /// Reads the draws; each is computed again from its beacon.
    private static func draws(in path: String) throws -> [SettlementDraw] {
        let bytes = try InputFile.read(path, byteCountMax: drawsByteCountMax)
        var draws: [SettlementDraw] = []
        var places: Set<Place> = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let value = try? JSONValue.parse(line, byteCountMax: SettlementDraw.byteCountMax) else {
                throw ReceiptError(
                    code: .drawInvalid, reason: "\(path) has a line that is not JSON",
                    hint: "give the output of `suishen settle draw`")
            }
            let draw = try SettlementDraw(value)
            guard places.insert(Place(gate: draw.gate, day: draw.day)).inserted else {
                throw ReceiptError(
                    code: .drawInvalid, reason: "\(path) draws twice of gate \(draw.gate.text)",
                    hint: "give the output of one `suishen settle draw`")
            }
            draws.append(draw)
        }
        return draws
    }

    /// Reads the gates' answers; a file that cannot be read opens nothing, and a gate's first file counts.
    private static func answers(in paths: [String]) -> (answers: [Place: DrawnOpenings], isWhole: Bool) {
        var answers: [Place: DrawnOpenings] = [:]
        var isWhole = true
        for path in paths {
            do {
                let answer = try DrawnOpenings(InputFile.read(path, byteCountMax: DrawnOpenings.byteCountMax))
                let place = Place(gate: answer.gate, day: answer.day)
                guard answers[place] == nil else {
                    throw ReceiptError(
                        code: .openingsInvalid, reason: "gate \(answer.gate.text) has two files",
                        hint: "give one file for each gate")
                }
                answers[place] = answer
            } catch let error as ReceiptError {
                Diagnostics(command: "suishen").report(CommandError(error, in: path))
                isWhole = false
            } catch {
                Diagnostics(command: "suishen").report(
                    error as? CommandError
                        ?? CommandError(
                            code: "openings_invalid", reason: "\(path) cannot be read", hint: "check the path"))
                isWhole = false
            }
        }
        return (answers, isWhole)
    }

    /// What became of each drawn receipt, in the order of the draw.
    private static func results(
        of draw: SettlementDraw, _ openings: [DrawnOpenings.Opening], _ access: IssuerAccess
    ) async throws -> [SampleTally.Result] {
        let drawn = Set(draw.indices)
        var results: [UInt64: SampleTally.Result] = [:]
        for part in parts(of: openings.filter { drawn.contains($0.index) }) {
            let request = DrawnOpenings(gate: draw.gate, day: draw.day, openings: part).encoded()
            let answer = try await access.perform(.checkSettlement, ["openings": .string(Base64.encode(request))])
            guard answer["count"]?.integer == Int64(exactly: draw.count),
                answer["root"]?.string == Hex.encode(draw.root.bytes)
            else {
                throw ReceiptError(
                    code: .drawForeign, reason: "the draw of gate \(draw.gate.text) is not of its registered day",
                    hint: "give the output of `suishen settle draw`")
            }
            for value in answer["results"]?.array ?? [] {
                guard let index = value["index"]?.integer.flatMap(UInt64.init(exactly:)) else { continue }
                results[index] = result(value)
            }
        }
        return draw.indices.map { results[$0] ?? .invented }
    }

    private static func result(_ value: JSONValue) -> SampleTally.Result {
        switch value["result"]?.string {
        case "good": value["showing"]?.string.map { .good(showing: $0) } ?? .altered
        case "key_struck": .keyStruck
        default: .altered
        }
    }

    /// Cuts openings into requests of a bounded size.
    private static func parts(of openings: [DrawnOpenings.Opening]) -> [[DrawnOpenings.Opening]] {
        var parts: [[DrawnOpenings.Opening]] = []
        var byteCount = requestByteCountMax
        for opening in openings {
            let own = opening.receipt.sealed.count + opening.path.count * 34 + 64
            if byteCount + own > requestByteCountMax {
                parts.append([])
                byteCount = 0
            }
            parts[parts.count - 1].append(opening)
            byteCount += own
        }
        return parts
    }
}

import ArgumentParser
import CommandSupport
import Encoding
import Gate
import Issuing

/// Settles gates' receipts: registers closed days, draws samples, and checks what was opened.
struct SettleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settle", abstract: "Register gates' closed days, draw samples of receipts, and check them.",
        subcommands: [Key.self, Register.self, Draw.self, SettleCheckCommand.self])

    struct Key: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the settlement key's public half; make the key in an older installation.",
            discussion: "Gates take it with their next bundle.")

        @OptionGroup var inquiry: InquiryOptions

        func run() async throws { try await inquiry.run(.makeSettlementKey, [:]) }
    }

    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register closed days, and commit to each in the log; the first record of a gate and day counts.",
            discussion: "Every record is tried, and the exit status is 1 if one is refused.")

        @Argument(help: "The files that `verify receipts close` wrote.")
        var closed: [String]

        @OptionGroup var inquiry: InquiryOptions

        func run() async throws {
            var isRefused = false
            let access = try inquiry.state.access()
            for path in closed {
                do {
                    let bytes = try InputFile.read(path, byteCountMax: ClosedDay.byteCountMax)
                    inquiry.result.print(
                        try await access.perform(.registerSettlement, ["record": .string(Base64.encode(bytes))]))
                } catch let error as OperationError {
                    Diagnostics(command: "suishen").report(CommandError(error, in: path))
                    isRefused = true
                }
            }
            if isRefused { throw ExitCode(ExitStatus.failure.rawValue) }
        }
    }

    struct Draw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draw receipts of a day at random: one line a gate, which anybody can compute again.",
            discussion: """
                The beacon's value must not be known before the records were registered. A gate whose record stands in \
                no checkpoint, or was registered at or after the beacon's time, gets no line, and the exit status is 1.
                """)

        @Option(help: "The day, YYYY-MM-DD in UTC.")
        var day: String

        @Option(help: "The public random value, as it was published: 16 to 256 visible ASCII characters.")
        var beacon: String

        @Option(help: "The time of the beacon's value, in Unix seconds.")
        var beaconTime: UInt64

        @Option(help: "The receipts to draw of each gate, 1 to 1000.")
        var count: Int

        @OptionGroup var state: StateOptions

        @Flag(help: "One JSON object a line; this is always the output.")
        var json = false

        func run() async throws {
            do {
                var isLate = false
                try await SettlementPages(day: day).visit(state.access()) { record, publishedCount in
                    guard record.entryIndex < publishedCount, record.registeredAt < beaconTime else {
                        report(record, publishedCount)
                        isLate = true
                        return
                    }
                    let draw = try SettlementDraw(of: record.closed, beacon: beacon, sampleCount: count)
                    StandardStream.output.write(draw.json.encoded() + "\n")
                }
                StandardStream.error.write(
                    """
                    suishen: the issuer's own clock tells when a record was registered; to others, only a checkpoint \
                    that a witness cosigned before the beacon's time shows it

                    """)
                if isLate { throw ExitCode(ExitStatus.failure.rawValue) }
            } catch let error as OperationError {
                throw CommandError(error)
            } catch let error as ReceiptError {
                throw CommandError(error)
            }
        }

        private func report(_ record: SettlementPages.Record, _ publishedCount: UInt64) {
            let gate = record.closed.gate.text
            Diagnostics(command: "suishen").report(
                record.entryIndex < publishedCount
                    ? CommandError(
                        code: "settlement_late",
                        reason: "gate \(gate) was registered at \(record.registeredAt), not before the beacon",
                        hint: "draw with a later beacon", status: .failure)
                    : CommandError(
                        code: "settlement_unpublished",
                        reason: "entry \(record.entryIndex) of gate \(gate) stands in no checkpoint yet",
                        hint: "wait for the next checkpoint, and draw with a beacon after it", status: .failure))
        }
    }
}

/// The registered records of a day, read page by page.
struct SettlementPages {
    /// One gate's record.
    struct Record {
        let closed: ClosedDay
        let entryIndex: UInt64
        /// Seconds since 1970-01-01T00:00:00Z.
        let registeredAt: UInt64
    }

    let day: String

    /// Visits every record in the order of the gates, with the count of entries in the log's checkpoint.
    func visit(
        _ access: IssuerAccess, _ body: (_ record: Record, _ publishedCount: UInt64) throws -> Void
    ) async throws {
        var request: JSONObject = ["day": .string(day)]
        while true {
            let page = try await access.perform(.listSettlements, .object(request))
            let publishedCount = page["publishedCount"]?.integer.flatMap(UInt64.init(exactly:)) ?? 0
            let values = page["settlements"]?.array ?? []
            for value in values {
                guard let bytes = value["record"]?.string.flatMap({ try? Base64.decode($0) }),
                    let closed = ClosedDay(unchecked: bytes), closed.day.text == day,
                    let entry = value["entry"]?.integer.flatMap(UInt64.init(exactly:)),
                    let registeredAt = value["registeredAt"]?.integer.flatMap(UInt64.init(exactly:))
                else {
                    throw CommandError(
                        code: "answer_no_settlement", reason: "the answer has a record that cannot be read",
                        hint: "check that the socket belongs to suishend", status: .failure)
                }
                try body(Record(closed: closed, entryIndex: entry, registeredAt: registeredAt), publishedCount)
            }
            guard let last = values.last?["gate"] else { return }
            request["after"] = last
        }
    }
}

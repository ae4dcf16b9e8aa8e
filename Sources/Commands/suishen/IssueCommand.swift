import ArgumentParser
import CommandSupport
import Encoding
import Issuing
import QRDrawing
import Signing

/// Issues a code, a strip of codes, or a code for every line of a file.
struct IssueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Issue a code for a registered subject.",
        discussion: """
            A person's code is of kind signed with --device-key, chain with --anchor, and timed with neither; give \
            --kind paper for a paper code. A strip (--count) holds credentials for consecutive times, one a line; a \
            strip of chain codes takes one --anchor for each.
            """)

    @Argument(help: "The subject that the registration returned.")
    var subject: String?

    @Option(help: "signed, chain, timed or paper; persons only.")
    var kind: String?

    @Option(help: "The phone's public key, a PEM file.")
    var deviceKey: String?

    @Option(help: "The anchor of the phone's hash chain, 32 hex digits; once for each credential of a strip.")
    var anchor: [String] = []

    @Option(help: "The number of credentials; each begins when the previous one ends.")
    var count: UInt64?

    @Option(help: "The code's lifetime in seconds.")
    var lifetime: UInt64?

    @Option(help: "The guardian whose phone carries this person's code.")
    var guardian: String?

    @Option(help: "The uses of the code that the guardian is granted, as bits.")
    var scope: UInt64?

    @OptionGroup var picture: PictureOptions
    @OptionGroup var request: RequestOptions

    func validate() throws {
        guard subject != nil || request.batch.source != nil else {
            throw ValidationError("name a subject, or a file of requests with --from")
        }
        guard !picture.isRequested || (count ?? 1) == 1 && request.batch.source == nil else {
            throw ValidationError("a picture shows one code: leave out --count and --from")
        }
    }

    func run() async throws {
        let members = try members
        if request.batch.source != nil {
            return try await request.run(.issue, members) { answer throws(CommandError) in try measured(answer) }
        }
        let answer = try await request.answer(.issue, members)
        for code in answer["codes"]?.array ?? [answer] {
            request.result.print(try completed(code))
        }
    }

    private var members: [(String, JSONValue?)] {
        get throws {
            try CommandError.wrapping {
                let pem = try deviceKey.map { path in
                    String(
                        decoding: try InputFile.read(path, byteCountMax: SigningKey.fileByteCountMax), as: UTF8.self)
                }
                return [
                    ("subject", subject.map(JSONValue.string)), ("kind", kind.map(JSONValue.string)),
                    ("deviceKey", pem.map(JSONValue.string)), ("anchor", anchors),
                    ("count", Self.number(count)), ("lifetime", Self.number(lifetime)),
                    ("guardian", guardian.map(JSONValue.string)), ("scope", Self.number(scope)),
                ]
            }
        }
    }

    private var anchors: JSONValue? {
        switch anchor.count {
        case 0: nil
        case 1: .string(anchor[0])
        default: .array(anchor.map(JSONValue.string))
        }
    }

    /// Draws the code, and adds its symbol to the answer.
    ///
    /// The code is already issued: when its picture fails, its text is printed before the error.
    private func completed(_ code: JSONValue) throws(CommandError) -> JSONValue {
        do {
            return try picture.draw(code["text"]?.string ?? "").described(in: code)
        } catch {
            request.result.print(code)
            throw error
        }
    }

    /// Adds to an answer of a batch the symbol of its code, or of each code of its strip.
    private func measured(_ answer: JSONValue) throws(CommandError) -> JSONValue {
        if let strip = answer["codes"]?.array {
            return ["codes": .array(try strip.map { code throws(CommandError) in try measured(code) })]
        }
        guard let text = answer["text"]?.string else { return answer }
        return try picture.draw(text).described(in: answer)
    }

    private static func number(_ value: UInt64?) -> JSONValue? {
        value.map { JSONValue.integer(Int64(clamping: $0)) }
    }
}

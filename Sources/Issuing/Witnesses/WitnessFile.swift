import Platform
import Signing
import TraceLog

/// The file of the witnesses that the settings name: a C2SP tlog-policy with their URLs.
struct WitnessFile: Sendable {
    static let byteCountMax = 1 << 16
    /// The most witnesses that are asked, each on a thread of its own; C2SP asks for at least 32.
    static let addressCountMax = 32

    let policy: WitnessPolicy
    /// The file's text without the witnesses' URLs, and with a line of this log: an auditor asks no witness.
    let auditorText: String
    /// The witnesses with a URL, in the file's order.
    let addresses: [(key: NoteKey, endpoint: HTTPEndpoint)]

    /// Reads the file, and checks it against the log's key.
    ///
    /// - Throws: `witnesses_invalid`.
    init(contentsOf path: String, log: NoteKey) throws(OperationError) {
        let bytes: [UInt8]
        do throws(RegularFileError) {
            bytes = try RegularFile.read(path, byteCountMax: Self.byteCountMax)
        } catch {
            throw Self.invalid("\(path) cannot be read: \(error.reason)")
        }
        do throws(TraceLogError) {
            policy = try WitnessPolicy(bytes: bytes)
        } catch {
            throw Self.invalid("\(path): \(error.reason)")
        }
        guard policy.isFor(log) else { throw Self.invalid("\(path) does not list this log's key") }
        var addresses: [(key: NoteKey, endpoint: HTTPEndpoint)] = []
        for key in policy.witnesses {
            guard key.key.raw != log.key.raw else {
                throw Self.invalid("\(path) has the log's own key as the witness \(key.name)")
            }
            guard !key.name.contains("\""), !key.name.contains("\\") else {
                throw Self.invalid("\(path) has a witness with a quotation mark or a backslash in its name")
            }
            guard let text = policy.addresses[key.key.raw] else { continue }
            // A plain http address is taken too: the witness's key, and not the way, vouches for its cosignatures.
            guard let endpoint = RemoteAddress(text).map({ .remote($0) }) ?? Self.socket(text) else {
                throw Self.invalid(
                    "\(path): the URL of the witness \(key.name) is neither http(s)://HOST[:PORT][/PREFIX] nor unix:PATH"
                )
            }
            addresses.append((key, endpoint))
        }
        guard !addresses.isEmpty else { throw Self.invalid("\(path) names no witness with a URL") }
        guard addresses.count <= Self.addressCountMax else {
            throw Self.invalid("\(path) names over \(Self.addressCountMax) witnesses with a URL")
        }
        self.addresses = addresses
        auditorText = Self.auditorText(bytes, of: log, isLogNamed: !policy.logs.isEmpty)
    }

    /// Whether the witnesses are asked for this log: for every log where the file lists none.
    func asks(of log: NoteKey) -> Bool {
        policy.logs.isEmpty || policy.logs.contains { $0.name == log.name }
    }

    private static func auditorText(_ bytes: [UInt8], of log: NoteKey, isLogNamed: Bool) -> String {
        let lines = bytes.split(separator: 0x0A).map { line in
            let words = line.split { $0 == 0x20 || $0 == 0x09 }.map { String(decoding: $0, as: UTF8.self) }
            let count = ["log": 2, "witness": 3][words.first ?? ""] ?? words.count
            return words.prefix(count).joined(separator: " ")
        }
        let own = isLogNamed ? [] : ["log \(log.vkey)"]
        return (own + lines).map { $0 + "\n" }.joined()
    }

    /// A socket of this machine, behind which a proxy leads to the witness.
    private static func socket(_ text: String) -> HTTPEndpoint? {
        text.hasPrefix("unix:/") ? HTTPEndpoint(text) : nil
    }

    private static func invalid(_ reason: String) -> OperationError {
        OperationError(
            code: .witnessesInvalid, reason: reason,
            hint: "write it as C2SP's tlog-policy: `witness NAME VKEY URL` lines, then `quorum NAME`")
    }
}

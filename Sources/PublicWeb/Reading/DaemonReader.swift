import Encoding
import NIOPosix
import Platform
import TraceLog

/// Asks the daemon over its socket, in the role `public`.
struct DaemonReader: Sendable {
    /// The longest time of one question.
    private static let timeoutMilliseconds = 10_000
    /// A page of 1,000 events of at most 65,535 bytes, in hex beside their description.
    private static let answerByteCountMax = 256 << 20
    /// The most events in one answer.
    static let pageCountMax = 1000

    private let exchange: HTTPExchange

    /// - Parameter socket: the daemon's socket.
    init(socket: String) {
        exchange = HTTPExchange(endpoint: .socket(path: socket), timeoutMilliseconds: Self.timeoutMilliseconds)
    }

    /// Events of an object, from a sequence number on, oldest first.
    ///
    /// - Returns: fewer than ``pageCountMax`` at the end; nil where the object is not registered.
    /// - Throws: `daemon_unreachable`.
    func events(of object: [UInt8], from sequence: Int) async throws(WebError) -> [HistoryEvent]? {
        let path =
            "/v1/objects/\(Hex.encode(object))/history?from=\(sequence)&limit=\(Self.pageCountMax)&with=entry"
        guard let answer = try await json(path) else { return nil }
        guard let items = answer["events"]?.array else { throw .daemonStrange }
        var events: [HistoryEvent] = []
        for item in items {
            guard let event = HistoryEvent(item) else { throw .daemonStrange }
            events.append(event)
        }
        return events
    }

    /// What is public about a subject; nil where it is not registered.
    func card(of subject: String) async throws(WebError) -> SubjectCard? {
        guard let answer = try await json("/v1/subjects/\(subject)/card") else { return nil }
        return SubjectCard(name: answer["name"]?.string, form: answer["form"]?.string ?? "")
    }

    /// Whether the daemon answers that it is well.
    func isWell() async -> Bool {
        (try? await response("/v1/health").status) == 200
    }

    private func json(_ path: String) async throws(WebError) -> JSONValue? {
        let response = try await response(path)
        switch response.status {
        case 200: break
        case 404: return nil
        case 403:
            throw WebError(
                .daemonUnreachable, "the daemon refuses this service's user",
                hint: "give that user the role `public` in suishend.yaml, and restart the daemon")
        default: throw .daemonStrange
        }
        guard let value = try? JSONValue.parse(response.body, byteCountMax: Self.answerByteCountMax) else {
            throw .daemonStrange
        }
        return value
    }

    private func response(_ path: String) async throws(WebError) -> HTTPResponse {
        do {
            return try await NIOThreadPool.singleton.runIfActive { [exchange] in
                try exchange.get(path: path, byteCountMax: Self.answerByteCountMax)
            }
        } catch {
            throw .daemonSilent
        }
    }
}

/// What is public about a subject.
struct SubjectCard: Sendable, Equatable {
    let name: String?
    /// `enterprise` or `object`.
    let form: String
}

/// One event of an object, as the log has it.
struct HistoryEvent: Sendable {
    let entry: Entry
    let link: EntryLink
    /// The log entry itself.
    let bytes: [UInt8]

    /// Reads an item of the daemon's answer; nil unless its entry is the leaf that it names.
    init?(_ item: JSONValue) {
        guard let index = item["index"]?.integer.flatMap({ UInt64(exactly: $0) }),
            let bytes = item["entry"]?.string.flatMap({ try? Hex.decode($0) }),
            let entry = try? Entry.decode(bytes[...])
        else { return nil }
        var hasher = MerkleHasher()
        let leaf = hasher.leaf(bytes)
        guard item["leafHash"]?.string == Hex.encode(leaf.bytes) else { return nil }
        self.entry = entry
        self.bytes = bytes
        link = EntryLink(leafHash: leaf, index: index)
    }
}

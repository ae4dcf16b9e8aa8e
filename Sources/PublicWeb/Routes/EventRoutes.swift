import Credential
import Encoding
import Gate
import TraceLog

/// `/O/{b32}/events` and `/O/{b32}/proof/{n}`: an object's events, and the proof of one of them.
struct EventRoutes: Sendable {
    static let epcisType = "application/ld+json"
    static let proofType = "text/plain; charset=utf-8"
    /// The most events in one answer.
    static let countMax = 1000

    let site: PublicSite

    func events(_ base32: String, to request: WebRequest) async -> WebAnswer {
        await answer(base32, to: request) { (code, history) async throws(WebError) in
            guard let from = Self.number(request.query["from"] ?? "0") else {
                throw WebError(.targetMalformed, "`from` is not a whole number", hint: "use from=0")
            }
            let shown = history.events.drop { $0.entry.sequence < from }.prefix(Self.countMax)
            let last = shown.last?.entry.sequence
            let isLast = last == nil || last == history.events.last?.entry.sequence
            let checkpoint = try await site.log.checkpoint()
            guard Self.wantsEPCIS(request) else {
                return WebAnswer(json: [
                    "object": .string(Hex.encode(code.credential.claims.object?.id ?? [])),
                    "logSize": .integer(Int64(clamping: checkpoint?.checkpoint.size ?? 0)),
                    "events": .array(shown.map(Self.json)),
                    "next": isLast ? .null : last.map { .integer(Int64(clamping: $0 + 1)) } ?? .null,
                ])
            }
            do throws(TraceLogError) {
                let document = try EPCISDocument.export(
                    shown.map { ($0.entry, $0.link) },
                    creationMilliseconds: shown.last.map { Int64(clamping: $0.entry.recordedAtMilliseconds) } ?? 0)
                return WebAnswer(json: document, type: Self.epcisType)
            } catch {
                throw WebError(.unexpected, "the events have no form in EPCIS", hint: "ask for JSON")
            }
        }
    }

    func proof(_ base32: String, _ number: String, to request: WebRequest) async -> WebAnswer {
        await answer(base32, to: request) { (code, history) async throws(WebError) in
            guard let sequence = Self.number(number), let event = history[sequence] else {
                throw WebError(
                    .eventUnknown, "the object has no such event", hint: "see the events: \(code.path.text("events"))")
            }
            guard let statement = try await site.log.checkpoint(), event.link.index < statement.checkpoint.size else {
                throw WebError(
                    .notPublished, "the log has not published the event yet", hint: "ask again in a few seconds")
            }
            let proof = try await site.log.inclusion(of: event.link, in: statement.checkpoint)
            let text = TransparencyProof(entry: event.bytes, proof: proof, checkpoint: statement.bytes)
            var answer = WebAnswer(kind: .data, type: Self.proofType, bytes: text.bytes)
            answer.download = "\(Hex.encode(code.credential.claims.object?.id ?? []))-\(sequence).tlog-proof"
            return answer
        }
    }

    private func answer(
        _ base32: String, to request: WebRequest,
        _ make: (CheckedCode, ObjectHistory) async throws(WebError) -> WebAnswer
    ) async -> WebAnswer {
        let code: CheckedCode
        do throws(Refusal) {
            code = try site.issuer.code(.object, base32, at: site.now)
        } catch {
            return CodeRoutes(site: site).refusal(error, request.wantsPage ? .html : .json, to: request)
        }
        do throws(WebError) {
            guard let object = code.credential.claims.object,
                let history = try await site.histories.history(of: object.id)
            else { throw .objectUnknown }
            var answer = try await make(code, history)
            answer.vary = "Accept"
            return answer
        } catch {
            return site.failure(error, to: request, isOfCode: true)
        }
    }

    private static func wantsEPCIS(_ request: WebRequest) -> Bool {
        if let linkType = request.query["linkType"] { return linkType == "epcis" }
        let list = QualityList(request.accept)
        return list.items.contains { $0.value == epcisType }
            && MediaRange.weight(of: epcisType, in: list) > MediaRange.weight(of: "application/json", in: list)
    }

    private static func json(_ event: HistoryEvent) -> JSONValue {
        var object = event.entry.described(at: event.link)
        object["entry"] = .string(Hex.encode(event.bytes))
        return .object(object)
    }

    private static func number(_ text: String) -> UInt64? {
        UInt64(text).flatMap { String($0) == text ? $0 : nil }
    }
}

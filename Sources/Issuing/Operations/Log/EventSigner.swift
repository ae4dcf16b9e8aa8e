package import Encoding
package import Signing
import Storage
import TraceLog

/// Signs an actor's events, one at a time or in batches under one signature.
///
/// It makes each entry from the request itself. It takes only the entry's place and recorded time from the
/// installation, so that an actor never signs another party's words.
package struct EventSigner: Sendable {
    /// The most events under one signature.
    package static let batchCountMax = 256
    /// The most bytes of a request with signed events; the daemon takes 64 KiB.
    private static let requestByteCountMax = 56 << 10
    /// The most attempts; each time that another writer appends first, a new place and time are requested.
    private static let attemptCountMax = 16

    /// Sends one request to the installation.
    package typealias Ask = (IssuerOperation, JSONValue) async throws -> JSONValue

    private let key: SigningKey
    private let random: any RandomSource

    /// - Parameters:
    ///   - key: the actor's key.
    ///   - random: the source of the salts of personal fields.
    package init(key: SigningKey, random: any RandomSource) {
        self.key = key
        self.random = random
    }

    /// An event that can be signed as soon as its place is known.
    private struct Draft {
        let request: EventRequest
        /// The request's members, including the salts and the event time.
        let members: JSONObject
        let byteCount: Int

        var object: String { Hex.encode(request.object.bytes) }
    }

    /// Signs and appends one event.
    ///
    /// - Parameters:
    ///   - body: the request, in the form of ``IssuerOperation/appendEvent``.
    ///   - nowMilliseconds: the event's time when the request has none.
    ///   - ask: sends one request.
    /// - Returns: `{"index", "sequence", "leafHash"}`.
    /// - Throws: the refusal.
    package func append(
        _ body: JSONValue, nowMilliseconds: UInt64, ask: Ask
    ) async throws(OperationError) -> JSONValue {
        try await append([draft(body, nowMilliseconds: nowMilliseconds)], ask)[0].get()
    }

    /// Signs and appends one event per line, in as few batches as possible; a batch has one event of each object.
    ///
    /// - Parameters:
    ///   - lines: requests, in the form of ``IssuerOperation/appendEvent``.
    ///   - byteCountMax: the most bytes of a line.
    ///   - nowMilliseconds: the event time of requests that have none.
    ///   - ask: sends one request.
    /// - Returns: the answer or error of each line, in order.
    package func append(
        lines: [[UInt8]], byteCountMax: Int, nowMilliseconds: UInt64, ask: Ask
    ) async -> [JSONValue] {
        var answers = [JSONValue](repeating: .null, count: lines.count)
        var waiting: [(line: Int, draft: Draft)] = []
        for (number, line) in lines.enumerated() {
            do {
                let body = try JSONValue.parse(line, byteCountMax: byteCountMax)
                waiting.append((number, try draft(body, nowMilliseconds: nowMilliseconds)))
            } catch let error as JSONError {
                answers[number] = OperationError(request: error).json
            } catch {
                answers[number] = OperationError(any: error).json
            }
        }
        while !waiting.isEmpty {
            let (batch, rest) = Self.split(waiting)
            for ((line, _), result) in zip(batch, await results(batch.map(\.draft), ask)) {
                switch result {
                case .success(let answer): answers[line] = answer
                case .failure(let error): answers[line] = error.json
                }
            }
            waiting = rest
        }
        return answers
    }

    /// Takes the next batch: the first event of each object, as many as fit into one request.
    private static func split(
        _ waiting: [(line: Int, draft: Draft)]
    ) -> (batch: [(line: Int, draft: Draft)], rest: [(line: Int, draft: Draft)]) {
        var (batch, rest): ([(line: Int, draft: Draft)], [(line: Int, draft: Draft)]) = ([], [])
        var objects: Set<String> = []
        var byteCount = 0
        for item in waiting {
            let isFirst = objects.insert(item.draft.object).inserted
            let fits = byteCount + item.draft.byteCount <= requestByteCountMax && batch.count < batchCountMax
            if isFirst, batch.isEmpty || fits {
                batch.append(item)
                byteCount += item.draft.byteCount
            } else {
                rest.append(item)
            }
        }
        return (batch, rest)
    }

    /// The result of each event of a batch; when one event causes a refusal, the others are appended one by one.
    private func results(_ drafts: [Draft], _ ask: Ask) async -> [Result<JSONValue, OperationError>] {
        do {
            return try await append(drafts, ask)
        } catch {
            guard drafts.count > 1 else { return [.failure(error)] }
            var results: [Result<JSONValue, OperationError>] = []
            for draft in drafts { results += await self.results([draft], ask) }
            return results
        }
    }

    /// Signs and appends a batch, and signs it again when another writer appended first.
    private func append(
        _ drafts: [Draft], _ ask: Ask
    ) async throws(OperationError) -> [Result<JSONValue, OperationError>] {
        // A caller that expects a certain place resolves the conflict itself.
        let mayRetry = drafts.allSatisfy { $0.request.expected == nil }
        var attemptCount = 0
        while true {
            attemptCount += 1
            do {
                return try await appendOnce(drafts, ask)
            } catch {
                let error = OperationError(any: error)
                guard error.code == LogError.Code.conflict.rawValue, mayRetry, attemptCount < Self.attemptCountMax
                else { throw error }
            }
        }
    }

    private func appendOnce(_ drafts: [Draft], _ ask: Ask) async throws -> [Result<JSONValue, OperationError>] {
        let answer = try await ask(.placeEvents, ["objects": .array(drafts.map { .string($0.object) })])
        guard let places = answer["places"]?.array, places.count == drafts.count,
            let time = answer["recordedAtMilliseconds"]?.integer.flatMap({ UInt64(exactly: $0) })
        else { throw Self.unusable }
        let refusals = places.map { Self.refusal(in: $0) }
        let placed = try zip(zip(drafts, places), refusals).filter { $0.1 == nil }.map { pair, _ in
            try Self.placed(pair.0, at: pair.1, recordedAtMilliseconds: time, key: key)
        }
        var appended: [JSONValue] = []
        if !placed.isEmpty {
            let entries = placed.map(\.entry)
            let signature =
                try entries.count == 1
                ? ActorSignature.sign(entries[0], by: key).bytes : ActorSignature.signBatch(entries, by: key)[0].bytes
            let body: JSONValue = [
                "events": .array(placed.map { .object($0.members) }),
                "key": .string(Hex.encode(KeyStatusChange.keyIdentifier(of: key.verificationKey))),
                "recordedAtMilliseconds": .integer(Int64(clamping: time)), "signature": .string(Hex.encode(signature)),
            ]
            appended = try await ask(.appendSignedEvents, body)["events"]?.array ?? []
            guard appended.count == placed.count else { throw Self.unusable }
        }
        var left = appended[...]
        return refusals.map { refusal in
            if let refusal { .failure(refusal) } else { .success(left.removeFirst()) }
        }
    }

    /// The entry that the actor signs, and the request that carries it.
    private static func placed(
        _ draft: Draft, at place: JSONValue, recordedAtMilliseconds: UInt64, key: SigningKey
    ) throws(OperationError) -> (entry: Entry, members: JSONObject) {
        guard let sequence = place["sequence"]?.integer.flatMap({ UInt64(exactly: $0) }) else { throw unusable }
        var head: ObjectHead?
        if sequence > 0 {
            guard let hash = place["previous"]?.string.flatMap({ try? Hex.decode($0) }).flatMap({ MerkleHash($0) }),
                let index = place["previousIndex"]?.integer.flatMap({ UInt64(exactly: $0) })
            else { throw unusable }
            head = ObjectHead(
                object: draft.request.object, sequence: sequence - 1, link: EntryLink(leafHash: hash, index: index))
        }
        let entry = ObjectChain(endingWith: head).nextEntry(
            of: draft.request.object, recordedAtMilliseconds: recordedAtMilliseconds, actor: draft.request.actor,
            keyIdentifier: KeyStatusChange.keyIdentifier(of: key.verificationKey), event: draft.request.event,
            commitments: draft.request.personal.map(\.commitment))
        var members = draft.members
        if draft.request.expected == nil {
            members["expected"] = [
                "sequence": .integer(Int64(clamping: sequence)), "previous": place["previous"] ?? .null,
            ]
        }
        return (entry, members)
    }

    /// Reads a request as the installation will read it, with the salts and the time to be signed.
    private func draft(_ body: JSONValue, nowMilliseconds: UInt64) throws(OperationError) -> Draft {
        var members = try RequestFields(body, operation: .appendEvent).object
        if members["eventTimeMilliseconds"] ?? .null == .null {
            members["eventTimeMilliseconds"] = .integer(Int64(clamping: nowMilliseconds))
        }
        let request = try EventRequest(
            RequestFields(.object(members), operation: .appendEvent), nowMilliseconds: nowMilliseconds, random: random)
        guard !request.actor.isEmpty else {
            throw OperationError(
                code: .actorMissing, reason: "the event to be signed names no actor",
                hint: "name the owner of the signing key as `actor`, by its unified social credit code")
        }
        members["salts"] = .object(
            JSONObject(request.personal.map { .init(key: $0.name, value: .string(Hex.encode($0.salt))) }))
        // The size includes room for `expected`, which is added once it is known.
        return Draft(
            request: request, members: members, byteCount: JSONValue.object(members).encoded().utf8.count + 160)
    }

    private static func refusal(in place: JSONValue) -> OperationError? {
        place["error"] == nil ? nil : OperationError(answer: place, httpStatus: 500)
    }

    private static let unusable = OperationError(
        code: .daemonUnreachable, reason: "the daemon's answer has no places for the events",
        hint: "use the same version of the daemon and the command")
}

import Credential
import Encoding
import Signing
import Storage

extension RequestFields {
    /// The number of codes that an unchecked issue request asks for; 1 for every other request.
    var codeCount: Int {
        let asked = object["count"]?.integer ?? Int64(object["anchor"]?.array?.count ?? 1)
        return Int(min(max(1, asked), Int64(IssuingService.stripCountMax)))
    }
}

/// An issue request, checked as far as possible without its subject.
struct IssueOrder: Sendable {
    let subject: SubjectIdentifier
    let kind: PersonKind
    /// The binding of each credential of the strip, in order: one phone key for all, or one chain each.
    let bindings: [Binding]
    let lifetime: UInt64?
    let guardian: SubjectIdentifier?
    let scope: UInt64
    private let namesPersonFields: Bool

    var count: UInt64 { UInt64(bindings.count) }

    init(_ request: RequestFields, suite: Suite) throws(OperationError) {
        let name = try request.string("subject")
        let device = try Self.deviceKey(try request.optionalString("deviceKey"), suite: suite)
        let anchors = try request.hexList("anchor", byteCount: HashChain.linkByteCount)
        let kindName = try request.optionalString("kind")
        kind = try Self.kind(kindName, hasDevice: device != nil, hasAnchor: !anchors.isEmpty)
        let count = try request.optionalUnsigned("count") ?? UInt64(max(1, anchors.count))
        guard (1...IssuingService.stripCountMax).contains(count) else {
            throw OperationError(
                code: .countInvalid, reason: "a strip holds 1 to \(IssuingService.stripCountMax) credentials",
                hint: "ask for fewer, and send another request for later days")
        }
        bindings = try Self.bindings(kind, device: device, anchors: anchors, count: Int(count))
        lifetime = try request.optionalUnsigned("lifetime")
        let guardianName = try request.optionalString("guardian")
        scope = try request.optionalUnsigned("scope") ?? 0
        namesPersonFields = kindName != nil || device != nil || !anchors.isEmpty || guardianName != nil || count != 1
        do {
            subject = try SubjectIdentifier(name)
            guardian = try guardianName.map(SubjectIdentifier.init)
        } catch {
            throw OperationError(any: error)
        }
        guard guardian != nil || scope == 0, guardian != subject else {
            throw OperationError(
                code: .guardianInvalid, reason: "a scope needs a guardian, and the guardian must be another person",
                hint: "name another person's subject as the guardian, or leave the scope out")
        }
    }

    /// The requested lifetime; without one, the longest that the settings allow.
    func lifetime(within longest: UInt64) throws(OperationError) -> UInt64 {
        guard (1...longest).contains(lifetime ?? longest) else {
            throw OperationError(
                code: .lifetimeTooLong, reason: "the lifetime is not from 1 to \(longest) seconds",
                hint: "ask for a shorter lifetime, or raise it in the settings as far as the wire format allows")
        }
        return lifetime ?? longest
    }

    /// Refuses a kind, a binding or a guardian for a form that does not take one.
    func checkPublicForm() throws(OperationError) {
        guard !namesPersonFields else {
            throw OperationError(
                code: .kindUnknown, reason: "kinds, keys, anchors, strips and guardians are for person codes only",
                hint: "leave them out for an enterprise, object or place")
        }
    }

    private static func bindings(
        _ kind: PersonKind, device: [UInt8]?, anchors: [[UInt8]], count: Int
    ) throws(OperationError) -> [Binding] {
        switch kind {
        case .signed:
            guard let device, anchors.isEmpty else { throw wrongBinding(kind, takes: "a device key") }
            return Array(repeating: .deviceKey(device), count: count)
        case .chain:
            guard !anchors.isEmpty, device == nil else { throw wrongBinding(kind, takes: "an anchor") }
            // A link shown on one day reveals every earlier slot of its chain, on any day.
            guard anchors.count == count, Set(anchors).count == count else {
                throw OperationError(
                    code: .anchorInvalid,
                    reason: "a strip of \(count) chain codes takes \(count) different anchors",
                    hint: "make a chain for each code with `suishen device chain`, and give --anchor for each chain")
            }
            return anchors.map(Binding.anchor)
        case .timed, .paper:
            guard device == nil, anchors.isEmpty else { throw wrongBinding(kind, takes: "neither key nor anchor") }
            return Array(repeating: .none, count: count)
        }
    }

    private static func kind(_ name: String?, hasDevice: Bool, hasAnchor: Bool) throws(OperationError) -> PersonKind {
        guard let name else { return hasDevice ? .signed : hasAnchor ? .chain : .timed }
        guard let kind = PersonKind(name: name) else {
            throw OperationError(
                code: .kindUnknown, reason: "the kind is unknown",
                hint: "use signed, chain, timed or paper")
        }
        return kind
    }

    private static func deviceKey(_ pem: String?, suite: Suite) throws(OperationError) -> [UInt8]? {
        guard let pem else { return nil }
        do {
            let key = try VerificationKey(pem: Array(pem.utf8))
            guard key.algorithm == suite.algorithm || key.algorithm == .ed25519 && suite != .sm2 else {
                throw OperationError(
                    code: .deviceKeyInvalid, reason: "a \(key.algorithm.name) key is not of this issuer's suite",
                    hint: "make one with `suishen device keygen --algorithm \(suite.rawValue)`")
            }
            return key.raw
        } catch let error as SigningError {
            throw OperationError(code: .deviceKeyInvalid, reason: error.reason, hint: error.hint)
        } catch {
            throw OperationError(any: error)
        }
    }

    private static func wrongBinding(_ kind: PersonKind, takes: String) -> OperationError {
        OperationError(
            code: kind == .chain ? .anchorInvalid : .deviceKeyInvalid,
            reason: "a \(kind.name) code takes \(takes)",
            hint: "make a phone's key with `suishen device keygen`, and its anchor with `suishen device chain`")
    }
}

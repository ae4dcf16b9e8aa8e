import Credential
import Encoding
import Signing

extension CodeProof {
    private static let rules = StatusRules(hint: "reload the page in a minute")

    /// One of the code's bits in its status list and in the hot list; both signed by keys that may sign such lists.
    ///
    /// The parts are the status list, the hot list (empty where none is published), the time in seconds, and the bit's
    /// place among the code's `lists`.
    @inline(never)
    mutating func takeStatus(_ parts: InputParts) throws(StepFailure) -> JSONObject {
        let (listBytes, hotBytes, now) = (try parts.bytes(0), try parts.bytes(1), try parts.number(2))
        let place = Int(clamping: try parts.number(3))
        guard let trust, let claims, let list = claims.statusList,
            claims.statusIndices.indices.contains(place)
        else { throw .misused }
        let index = claims.statusIndices[place]
        let reference = list.shard(of: index)
        do throws(BundleError) {
            let token = try Self.rules.list(listBytes, reference) { Self.signers(of: $0, trust) }
            let hot =
                hotBytes.isEmpty
                ? nil : try Self.rules.hotList(hotBytes, of: reference.issuer) { Self.signers(of: $0, trust) }
            let (isRevoked, time) = try Self.rules.status(
                of: Int(index % StatusListReference.shardBitCount), in: reference, token, hot,
                least: trust.bundle.statusListTime(of: reference), at: now)
            return ["revoked": .bool(isRevoked), "asOf": .string(String(time))]
        } catch {
            throw StepFailure(error)
        }
    }

    private static func signers(of message: SignedMessage, _ trust: PageTrust) -> [IssuerRecord] {
        trust.keys(message.keyIdentifier, for: .statuslist).filter { message.isSigned(by: $0.key) }.map { $0.record }
    }
}

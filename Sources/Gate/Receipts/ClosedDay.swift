import Credential
package import Encoding
package import Signing
package import TraceLog

/// A gate's signed word about one day: how many receipts it has, and the root of their Merkle tree.
///
/// A COSE_Sign1 by the gate's own key, of type `suishen-gate-day`. Settlement.md has the format.
package struct ClosedDay: Sendable, Equatable {
    package static let byteCountMax = 512
    /// The most receipts of a day: as many as fit into its file.
    package static let countMax: UInt64 = 1 << 32
    private static let type = "suishen-gate-day"
    private static let members = ["gate", "day", "count", "paper", "timed", "root"]

    package let gate: GateIdentifier
    package let day: SettlementDay
    /// The number of receipts: accepted signed and chain codes.
    package let count: UInt64
    /// The number of accepted paper codes, which leave no receipt.
    package let paperCount: UInt64
    /// The number of accepted timed codes, which leave no receipt.
    package let timedCount: UInt64
    package let root: MerkleHash

    package init(
        gate: GateIdentifier, day: SettlementDay, count: UInt64, paperCount: UInt64, timedCount: UInt64,
        root: MerkleHash
    ) {
        (self.gate, self.day, self.count) = (gate, day, count)
        (self.paperCount, self.timedCount, self.root) = (paperCount, timedCount, root)
    }

    /// Reads a record, and checks that the gate's own key signed it.
    ///
    /// - Parameters:
    ///   - bytes: the record.
    ///   - key: gives the signing key of a gate; nil for an unknown gate.
    /// - Throws: `closed_day_invalid`, or the error of `key`.
    package init(_ bytes: [UInt8], key: (GateIdentifier) throws -> VerificationKey?) throws {
        guard let message = try? SignedMessage(bytes[...], type: Self.type, byteCountMax: Self.byteCountMax),
            message.isUnprotectedHeaderEmpty, let day = Self(payload: message.payload)
        else { throw Self.invalid("it is not a closed day") }
        guard let key = try key(day.gate), GateIdentifier(of: key) == day.gate, message.isSigned(by: key) else {
            throw Self.invalid("gate \(day.gate.text) did not sign it")
        }
        self = day
    }

    /// Reads a record without checking who signed it; nil for any other bytes.
    ///
    /// Only for records that the caller has written, or has checked before.
    package init?(unchecked bytes: [UInt8]) {
        guard let message = try? SignedMessage(bytes[...], type: Self.type, byteCountMax: Self.byteCountMax) else {
            return nil
        }
        self.init(payload: message.payload)
    }

    /// Reads a payload, whose signature the caller has checked; nil for any other bytes.
    init?(payload: ArraySlice<UInt8>) {
        guard
            let item = try? CBORItem.decode(
                payload, rules: .deterministic, byteCountMax: Self.byteCountMax, depthMax: 2),
            let fields = try? DocumentFields(item, in: "the closed day", onlyWith: Self.members),
            let gate = (try? fields.bytes("gate")).flatMap({ GateIdentifier(bytes: $0) }),
            let day = (try? fields.unsigned("day")).flatMap({ SettlementDay(number: $0) }),
            let count = try? fields.unsigned("count"), count <= Self.countMax,
            let paperCount = try? fields.unsigned("paper"), paperCount <= Self.countMax,
            let timedCount = try? fields.unsigned("timed"), timedCount <= Self.countMax,
            let root = (try? fields.bytes("root")).flatMap({ MerkleHash($0) })
        else { return nil }
        self.init(
            gate: gate, day: day, count: count, paperCount: paperCount, timedCount: timedCount, root: root)
    }

    func payload() -> [UInt8] {
        CBORItem.record([
            ("gate", .byteString(gate.bytes)), ("day", .unsigned(day.number)), ("count", .unsigned(count)),
            ("paper", .unsigned(paperCount)), ("timed", .unsigned(timedCount)), ("root", .byteString(root.bytes)),
        ]).encoded()
    }

    /// Signs the record; ES256 and SM2 give other bytes at every call.
    package func signed(by key: SigningKey) throws(SigningError) -> [UInt8] {
        try SignedMessage.sign(payload(), by: key, type: Self.type)
    }

    /// SHA-256 of the payload: the same however often the gate signs the same words.
    package var digest: [UInt8] { DigestAlgorithm.sha256.digest(payload()) }

    static func invalid(_ finding: String) -> ReceiptError {
        ReceiptError(
            code: .recordInvalid, reason: "the record of a closed day cannot be used: \(finding)",
            hint: "copy the file again as `verify receipts close` wrote it")
    }
}

extension ClosedDay {
    /// The record in a command's output; nothing in it is personal.
    package var json: JSONValue {
        [
            "day": .string(day.text), "gate": .string(gate.text), "count": .integer(Int64(clamping: count)),
            "paper": .integer(Int64(clamping: paperCount)), "timed": .integer(Int64(clamping: timedCount)),
            "root": .string(Hex.encode(root.bytes)),
        ]
    }
}

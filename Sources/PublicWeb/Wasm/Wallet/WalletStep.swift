import Credential
import Encoding
import QREncoding
import QRStandard
import Signing

/// One step of the wallet: a function of bytes.
///
/// No step is inlined: a browser compiles a function at its first call, and the first code would wait for all steps.
enum WalletStep: Int32 {
    case credential = 1
    case anchor = 2
    case linked = 3
    case covered = 4
    case signed = 5
    case symbol = 6
    case trust = 7
    case place = 8
    case status = 9

    enum Result {
        case object(JSONObject)
        case bytes([UInt8])
    }

    /// Runs the step; its parts are ``InputParts``.
    ///
    /// - Throws: why the step has no result.
    func run(_ parts: InputParts, in proof: inout CodeProof) throws(StepFailure) -> Result {
        switch self {
        case .credential: .object(try Self.credential(parts))
        case .anchor: .bytes(try Self.seed(parts, at: 0).anchor)
        case .linked: .object(try Self.linked(parts))
        case .covered: .bytes(try Self.covered(parts))
        case .signed: .object(try Self.signed(parts))
        case .symbol: .bytes(try Self.symbol(parts))
        case .trust: .object(try proof.takeTrust(parts))
        case .place: .object(try proof.takeCode(parts))
        case .status: .object(try proof.takeStatus(parts))
        }
    }

    /// The bytes of a chain's seed, and the number of its slots.
    private static func seed(_ parts: InputParts, at index: Int) throws(StepFailure) -> ChainSeed {
        let (value, slotCount) = (Array(try parts.bytes(index)), try parts.number(index + 1, byteCount: 4))
        do {
            return try ChainSeed(value: value, slotCount: Int(clamping: slotCount), digest: .sha256)
        } catch {
            throw StepFailure(error)
        }
    }

    /// The code to show with the link of the slot; the parts are the credential, seed, slots and time.
    @inline(never)
    private static func linked(_ parts: InputParts) throws(StepFailure) -> JSONObject {
        let (text, seed) = (try parts.text(0), try seed(parts, at: 1))
        let time = try parts.number(3, byteCount: 8)
        do {
            let maker = try PresentationMaker(text: text)
            let shown = try maker.linked(by: seed, time: time).text()
            let slot = HashChain.slot(at: time, from: maker.claims.issuedAt)
            let end = maker.claims.issuedAt + (slot + 1) * HashChain.slotSeconds
            return [
                "text": .string(shown), "slot": .integer(Int64(slot)),
                "until": .seconds(min(end, maker.claims.expiresAt ?? end)),
            ]
        } catch {
            throw StepFailure(error)
        }
    }

    /// The bytes that the device key signs; the parts are the credential, time and challenge.
    @inline(never)
    private static func covered(_ parts: InputParts) throws(StepFailure) -> [UInt8] {
        let (text, time, challenge) = (try parts.text(0), try parts.number(1, byteCount: 8), try challenge(parts))
        do {
            return try PresentationMaker(text: text).covered(time: time, challenge: challenge)
        } catch {
            throw StepFailure(error)
        }
    }

    /// The code to show with the device key's signature; the parts are those of `covered`, and the signature.
    @inline(never)
    private static func signed(_ parts: InputParts) throws(StepFailure) -> JSONObject {
        let (text, time, challenge) = (try parts.text(0), try parts.number(1, byteCount: 8), try challenge(parts))
        let signature = Array(try parts.bytes(3))
        do {
            let shown = try PresentationMaker(text: text).signed(with: signature, time: time, challenge: challenge)
            return ["text": .string(try shown.text())]
        } catch {
            throw StepFailure(error)
        }
    }

    private static func challenge(_ parts: InputParts) throws(StepFailure) -> [UInt8]? {
        let bytes = try parts.bytes(2)
        return bytes.isEmpty ? nil : Array(bytes)
    }

    /// Version, mask, size and the modules row after row; the parts are the text and the level.
    @inline(never)
    private static func symbol(_ parts: InputParts) throws(StepFailure) -> [UInt8] {
        let (text, number) = (try parts.text(0), Int(try parts.number(1, byteCount: 1)))
        guard QRLevel.allCases.indices.contains(number) else { throw .misused }
        let symbol: QRSymbol
        do {
            symbol = try SymbolEncoder.encode(text, level: QRLevel.allCases[number])
        } catch {
            throw StepFailure(error)
        }
        return [UInt8(symbol.version), UInt8(symbol.mask), UInt8(symbol.size)] + symbol.modules
    }
}

extension JSONValue {
    /// A time in seconds since 1970-01-01T00:00:00Z.
    static func seconds(_ time: UInt64) -> JSONValue { .integer(Int64(clamping: time)) }
}

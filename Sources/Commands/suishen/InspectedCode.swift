import CommandSupport
import Credential
import Encoding
import ForeignCodes
import Gate

/// One code of whatever system, as its picture or its file has it.
struct InspectedCode {
    /// The most bytes that a QR code holds (version 40, level L, digits).
    private static let byteCountMax = 7089

    let bytes: [UInt8]
    let text: String

    init(bytes: [UInt8], text: String) {
        self.bytes = bytes
        self.text = text
    }

    init(text: String) {
        self.init(bytes: Array(text.utf8), text: text)
    }

    /// Whether an argument is a code itself, and no file's name.
    static func isOne(_ argument: String) -> Bool {
        if CredentialArgument.isText(argument) || argument.hasPrefix("HC1:") { return true }
        return InspectedCode(text: argument).foreign != nil
    }

    /// Everything that it says, and what keeps the rest from being read.
    var inspection: (json: JSONValue, error: CommandError?) {
        if let foreign { return foreign }
        guard CredentialArgument.isText(text) else { return unknown }
        do throws(CredentialError) {
            return (try Inspection(text: text).json, nil)
        } catch {
            let json: JSONObject = [
                "trusted": false, "system": "suishen", "text": .string(text), "code": .string(error.code.rawValue),
                "reason": .string(error.reason),
            ]
            return (.object(json), CommandError(error))
        }
    }

    /// What is told of a code that is another system's; nil for all others.
    private var foreign: (json: JSONValue, error: CommandError?)? {
        if let code = MedicalInsuranceCode(text) {
            return (
                Self.untrusted(
                    "medical", ["digits": .string(code.digits), "province": .integer(Int64(code.province))]), nil
            )
        }
        // As gates take it where scanners hand on text alone.
        let hex = text.hasPrefix("hex:") ? text.dropFirst(4) : text[...]
        let transit = TransitInspection(bytes) ?? (try? Hex.decode(hex)).flatMap(TransitInspection.init)
        if let transit { return (Self.untrusted("transit", transit.json), nil) }
        guard let foreign = ForeignInspection(text) else { return nil }
        let error = CommandError(
            code: "malformed", reason: "the text breaks off: \(foreign.json["brokenAt"]?.string ?? "") fails",
            hint: "scan it again, and give all of it", status: .failure)
        return (Self.untrusted(foreign.system, foreign.json), foreign.isWhole ? nil : error)
    }

    /// What can be said of anything: how long it is, and how it is written.
    private var unknown: (json: JSONValue, error: CommandError?) {
        let isText = String(validating: bytes, as: UTF8.self) != nil
        let charset = bytes.allSatisfy { $0 < 0x80 } ? "ascii" : isText ? "utf-8" : "binary"
        var json: JSONObject = ["byteCount": .integer(Int64(bytes.count)), "charset": .string(charset)]
        if bytes.count <= Self.byteCountMax {
            json["text"] = .string(text)
            json["bytes"] = .string(Hex.encode(bytes))
        }
        let error = CommandError(
            code: "unknown_code", reason: "what is there is no code of a system that is known here",
            hint: "give a Suishen, health, identity, transit or medical-insurance code", status: .failure)
        return (Self.untrusted("unknown", json), error)
    }

    private static func untrusted(_ system: String, _ json: JSONObject) -> JSONValue {
        let first: JSONObject = ["trusted": false, "system": .string(system)]
        return .object(JSONObject(first.members + json.members))
    }
}

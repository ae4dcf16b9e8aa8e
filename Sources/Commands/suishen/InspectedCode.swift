import CommandSupport
import Credential
import Encoding
import ForeignCodes
import Gate

/// One code of any system, as read from a picture or a file.
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

    /// Whether an argument is a code's text, not a file's name.
    static func isCodeText(_ argument: String) -> Bool {
        if CredentialArgument.isText(argument) || argument.hasPrefix("HC1:") { return true }
        return InspectedCode(text: argument).foreign != nil
    }

    /// Everything that the code says, and the error that kept the rest from being read.
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

    /// The inspection of another system's code; nil for all other codes.
    private var foreign: (json: JSONValue, error: CommandError?)? {
        if let code = MedicalInsuranceCode(text) {
            return (
                Self.untrusted(
                    "medical", ["digits": .string(code.digits), "province": .integer(Int64(code.province))]), nil
            )
        }
        // Gates accept the same form from scanners that pass on only text.
        let hex = text.hasPrefix("hex:") ? text.dropFirst(4) : text[...]
        let transit = TransitInspection(bytes) ?? (try? Hex.decode(hex)).flatMap(TransitInspection.init)
        if let transit { return (Self.untrusted("transit", transit.json), nil) }
        guard let foreign = ForeignInspection(text) else { return nil }
        let error = CommandError(
            code: "malformed", reason: "the text breaks off: \(foreign.json["brokenAt"]?.string ?? "") fails",
            hint: "scan the code again, and give the whole text", status: .failure)
        return (Self.untrusted(foreign.system, foreign.json), foreign.isWhole ? nil : error)
    }

    /// The inspection of an unknown code: its length and its character set.
    private var unknown: (json: JSONValue, error: CommandError?) {
        let isText = String(validating: bytes, as: UTF8.self) != nil
        let charset = bytes.allSatisfy { $0 < 0x80 } ? "ascii" : isText ? "utf-8" : "binary"
        var json: JSONObject = ["byteCount": .integer(Int64(bytes.count)), "charset": .string(charset)]
        if bytes.count <= Self.byteCountMax {
            json["text"] = .string(text)
            json["bytes"] = .string(Hex.encode(bytes))
        }
        let error = CommandError(
            code: "unknown_code", reason: "the code belongs to no known system",
            hint: "give a Suishen, health, identity, transit or medical-insurance code", status: .failure)
        return (Self.untrusted("unknown", json), error)
    }

    private static func untrusted(_ system: String, _ json: JSONObject) -> JSONValue {
        let first: JSONObject = ["trusted": false, "system": .string(system)]
        return .object(JSONObject(first.members + json.members))
    }
}

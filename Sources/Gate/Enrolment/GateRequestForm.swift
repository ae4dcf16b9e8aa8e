import Encoding

/// The form that a gate's signed requests share: JSON with fixed members, and a signed text of lines.
struct GateRequestForm: Sendable {
    /// The names of all members, in the order in which they are printed.
    let members: [String]
    /// The most bytes of the JSON.
    let byteCountMax: Int
    /// The command that prints such a request.
    let command: String

    /// Parses a request's JSON.
    ///
    /// Throws `request_invalid`.
    func parse(_ bytes: [UInt8]) throws(BundleError) -> JSONValue {
        guard let value = try? JSONValue.parse(bytes, byteCountMax: byteCountMax, depthMax: 2) else {
            throw invalid("it is not JSON of at most \(byteCountMax) bytes")
        }
        return value
    }

    /// Refuses a value whose members are not exactly this form's.
    ///
    /// Throws `request_invalid`.
    func checkMembers(of value: JSONValue) throws(BundleError) {
        guard let found = value.object?.members, found.map(\.key).sorted() == members.sorted() else {
            throw invalid("its members are not \(members.joined(separator: ", "))")
        }
    }

    func invalid(_ reason: String) -> BundleError {
        BundleError(code: .requestInvalid, reason: "the gate's request cannot be used: \(reason)", hint: hint)
    }

    var badSignature: BundleError {
        BundleError(code: .badSignature, reason: "the request is not signed by the gate's own key", hint: hint)
    }

    private var hint: String { "print the request again with `\(command)`, and copy it whole" }

    /// The bytes that a signature covers: each line with a line feed after it; the first line names what is signed.
    static func signedText(_ lines: [String]) -> [UInt8] {
        Array(lines.map { $0 + "\n" }.joined().utf8)
    }

    /// The bytes of a member in Base64; nil for anything else.
    static func base64(_ value: JSONValue?) -> [UInt8]? {
        value?.string.flatMap { try? Base64.decode($0) }
    }
}

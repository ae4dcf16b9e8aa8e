package import Encoding
package import Signing

/// A report as it is sent: its text, and the signature of the gate's own key; nothing is read before that is checked.
///
/// JSON: `{"report": TEXT, "signature": BASE64}`.
package struct SignedGateReport: Sendable, Equatable {
    /// The most bytes of the JSON that is sent.
    package static let byteCountMax = 8192
    private static let context = "suishen gate report v1"

    package let text: String
    package let signature: [UInt8]

    /// Takes what was received.
    package init(text: String, signature: [UInt8]) {
        (self.text, self.signature) = (text, signature)
    }

    /// Signs a report.
    init(_ report: GateReport, by key: SigningKey) throws(SigningError) {
        text = report.text
        signature = try key.sign(Self.signedBytes(text))
    }

    /// Reads the JSON that is sent; nil for anything else.
    init?(_ value: JSONValue) {
        guard let members = value.object?.members, members.map(\.key) == ["report", "signature"],
            let text = value["report"]?.string, text.utf8.count <= GateReport.byteCountMax,
            let signature = GateRequestForm.base64(value["signature"])
        else { return nil }
        self.init(text: text, signature: signature)
    }

    package var json: JSONValue {
        ["report": .string(text), "signature": .string(Base64.encode(signature))]
    }

    /// Checks the signature, then reads the report.
    ///
    /// - Parameters:
    ///   - gate: the gate that is said to have sent it.
    ///   - key: that gate's registered key.
    /// - Returns: the report.
    /// - Throws: `bad_signature`, `report_invalid`.
    package func report(
        of gate: GateIdentifier, signedBy key: VerificationKey
    ) throws(BundleError) -> GateReport {
        guard key.isValid(signature, for: Self.signedBytes(text)) else {
            throw BundleError(
                code: .badSignature, reason: "the report is not signed by the gate's own key",
                hint: "if the gate was enrolled anew, register its new request")
        }
        let report = try GateReport(text)
        guard report.gate == gate else { throw GateReport.invalid("it is another gate's") }
        return report
    }

    private static func signedBytes(_ text: String) -> [UInt8] { GateRequestForm.signedText([context, text]) }
}

import QRStandard
import Credential
import Encoding
import Glibc
import QRDrawing
import Signing
import TestSupport
import Testing

/// One way to a verdict: an input for a fresh gate, and the expected code.
struct VerdictRow: CustomTestStringConvertible, Sendable {
    let code: String
    var scene = "metro-gate"
    var options = ""
    var at = VerifyGate.now
    /// The arguments after the gate's own options: `--text …` or pictures.
    let shown: @Sendable (VerifyGate) throws -> String

    var testDescription: String { "\(code) at \(scene)" }

    /// A scanned text.
    static func text(
        _ code: String, _ scene: String = "metro-gate", options: String = "", at: UInt64 = VerifyGate.now,
        _ text: @escaping @Sendable (VerifyGate) throws -> String
    ) -> VerdictRow {
        VerdictRow(code: code, scene: scene, options: options, at: at) { "--text '\(try text($0))'" }
    }

    func run(_ gate: VerifyGate, _ format: String = "--json") throws -> Program.Outcome {
        let shown = try shown(gate)
        let words = "--bundle \(gate.folder) --scene \(scene) --at \(at) \(options) \(format) \(shown)"
        // A shell parses the quotes, as in a gate's own start-up script.
        return try Program("verify").run(inShell: words)
    }
}

extension VerdictRow {
    static let all = claims + presentations + scenes + bundles + inputs

    private static let claims: [VerdictRow] = [
        .text("malformed") { _ in "HELLO" },
        .text("malformed") { _ in "hex:00zz" },
        .text("malformed") { _ in "[\"SP1:\", 1]" },
        .text("unsupported_version") { _ in "SP2:ABC" },
        .text("unknown_issuer") { try $0.shown($0.person(by: .generate(.ed25519))) },
        .text("algorithm_mismatch") { gate in
            var bytes = try CredentialText(parsing: gate.person()).bytes
            let index = try #require(bytes.indices.dropLast(3).first { Array(bytes[$0..<$0 + 3]) == [1, 0x27, 4] })
            bytes[index + 1] = 0x26
            return try CredentialText(bytes: bytes, form: .person, host: nil).text
        },
        .text("bad_signature", "enterprise-inspection") { gate in
            var bytes = try gate.enterprise()
            bytes[bytes.count - 1] ^= 1
            return try CredentialText(bytes: bytes, form: .enterprise, host: "qr.example.cn").text
        },
        .text("key_not_for_this_use") { try $0.shown($0.person(by: $0.narrow)) },
        .text("key_expired") { try $0.shown($0.person(by: $0.expired)) },
        .text("key_expired") { try $0.shown($0.person(by: $0.compromised)) },
        .text("expired", at: VerifyGate.start + 3600) { try $0.shown($0.person(), time: VerifyGate.start + 3599) },
        .text("not_yet_valid", at: VerifyGate.start + 60) {
            try $0.shown($0.person(notBefore: VerifyGate.start + 90), time: VerifyGate.start + 95)
        },
        .text("revoked") { try $0.shown($0.person(index: VerifyGate.revokedIndex)) },
        .text("revoked") { try $0.shown($0.person(actor: delegation(statusIndex: VerifyGate.revokedIndex))) },
        .text("revoked") { try $0.shown($0.person(index: VerifyGate.revokedIndex, actor: delegation())) },
        .text("revoked", "object-inspection") { try $0.object(index: VerifyGate.revokedIndex) },
    ]

    private static let presentations: [VerdictRow] = [
        .text("presentation_missing") { try $0.person() },
        .text("bad_presentation") { gate in
            var bytes = try CredentialText(parsing: gate.shown(gate.person())).bytes
            let signature = try #require(
                bytes.indices.dropLast(3).first { Array(bytes[$0..<$0 + 3]) == [12, 0x58, 64] })
            bytes[signature + 10] ^= 1
            return try CredentialText(bytes: bytes, form: .person, host: nil).text
        },
        .text("stale", at: VerifyGate.now + 31) { try $0.shown($0.person()) },
        .text("from_future", at: VerifyGate.now - 16) { try $0.shown($0.person()) },
        .text("from_future", options: "--clock-skew 3", at: VerifyGate.now - 4) { try $0.shown($0.person()) },
        .text("ok", at: VerifyGate.now - 15) { try $0.shown($0.person()) },
        .text("replayed") { gate in
            let shown = try gate.shown(gate.person())
            _ = try VerdictRow.text("ok") { _ in shown }.run(gate)
            return shown
        },
        // The next slot's link gives this slot's link, which is still fresh.
        .text("replayed") { gate in
            let showings = try gate.chain(times: [VerifyGate.start + 30, VerifyGate.start])
            _ = try VerdictRow.text("ok") { _ in showings[0] }.run(gate)
            return showings[1]
        },
        .text("challenge_mismatch", "service-window", options: "--challenge 0102030405060708") {
            try $0.shown($0.person(), challenge: Array(2...9))
        },
        .text("challenge_mismatch", "service-window") { try $0.shown($0.person(), challenge: Array(1...8)) },
        .text("ok", "service-window", options: "--challenge 0102030405060708") {
            try $0.shown($0.person(), challenge: Array(1...8))
        },
    ]

    private static let scenes: [VerdictRow] = [
        .text("ok") { try $0.shown($0.person()) },
        .text("ok") { try $0.shown($0.person(actor: delegation())) },
        .text("ok", "park") { try $0.person(kind: .paper) },
        .text("ok", "object-inspection") { try $0.object().lowercased() },
        .text("ok", "place-checkin") { try $0.object(.place) },
        .text("wrong_form") {
            try CredentialText(bytes: $0.enterprise(), form: .enterprise, host: "qr.example.cn").text
        },
        .text("wrong_scene") { try $0.person(kind: .paper) },
        .text("wrong_scene", "place-checkin") { try $0.object() },
        .text("no_entitlement") { try $0.shown($0.person(identifiers: [:])) },
        .text("delegation_refused") { try $0.shown($0.person(actor: delegation(scope: 8))) },
        .text("delegation_refused", "hospital-shuttle") {
            try $0.shown($0.person(identifiers: bothDomains, actor: delegation(scope: 1)))
        },
        .text("ok", "hospital-shuttle") {
            try $0.shown($0.person(identifiers: bothDomains, actor: delegation(scope: 3)))
        },
        .text("holder_mismatch") {
            try "[\"\($0.shown($0.person()))\",\"\($0.shown($0.person(identifiers: [.transit: Array(2...13)])))\"]"
        },
        .text("link_unavailable", "hospital") { _ in MedicalAuthority.code },
        .text("link_unavailable", "hospital", options: "--link http://127.0.0.1:1") { _ in MedicalAuthority.code },
    ]

    private static let bundles: [VerdictRow] = [
        .text("bundle_expired", "enterprise-inspection", at: VerifyGate.start + 86_400 * 9) {
            try CredentialText(bytes: $0.enterprise(), form: .enterprise, host: "qr.example.cn").text
        },
        .text("bundle_expired", at: VerifyGate.start + 86_400 * 2) {
            try $0.transit.code(
                generatedAt: VerifyGate.start + 86_400 * 2, goodUntil: VerifyGate.start + 86_400 * 99)
        },
        .text("bundle_expired", "hospital", at: VerifyGate.start + 86_400 * 2) { _ in MedicalAuthority.code },
        .text("bundle_rollback") { gate in
            // A time that is given is not remembered, so the gate sees its bundle by a clock first.
            let clock = try SetClock(at: VerifyGate.now)
            _ = try VerifyRun("--bundle \(gate.folder) --scene metro-gate --text X", clock: clock)
            try gate.export(version: 4)
            return "X"
        },
        .text("clock_before_bundle", at: VerifyGate.start - 3600) { try $0.shown($0.person()) },
        .text("bundle_unreadable") { gate in
            unsafe unlink("\(gate.folder)/bundle.cbor")
            return "X"
        },
        .text("bundle_unreadable", options: "--state /nonexistent/state") { try $0.shown($0.person()) },
        .text("bundle_unreadable", options: "--replay-store /dev/null") { try $0.shown($0.person()) },
        .text("root_differs", options: "--root \(String(repeating: "0", count: 64))") { try $0.shown($0.person()) },
        .text("status_unknown", "enterprise-inspection") { gate in
            unsafe unlink("\(gate.folder)/status/SH-enterprise-lasting.cwt")
            return try CredentialText(bytes: gate.enterprise(), form: .enterprise, host: "qr.example.cn").text
        },
        .text("status_unknown", "enterprise-inspection") { gate in
            try gate.corrupt("status/SH-enterprise-lasting.cwt")
            return try CredentialText(bytes: gate.enterprise(), form: .enterprise, host: "qr.example.cn").text
        },
    ]

    private static let inputs: [VerdictRow] = [
        VerdictRow(code: "ok") { gate in
            let picture = "\(gate.folder)/code.png"
            try gate.write(QRSymbol.encode(gate.shown(gate.person())).png(), to: "code.png")
            return picture
        },
        VerdictRow(code: "no_code") { _ in "\(ProjectFiles.fixtures)/scans/empty.png" },
        VerdictRow(code: "unreadable") { _ in "\(ProjectFiles.fixtures)/scans/destroyed.png" },
        VerdictRow(code: "unreadable") { _ in "\(ProjectFiles.fixtures)/scans/structured-append.png" },
        // A split text is no gate's code, also with all its parts in the picture.
        VerdictRow(code: "unreadable") { _ in "\(ProjectFiles.fixtures)/scans/split-three.png" },
        VerdictRow(code: "input_unreadable") { _ in "/nonexistent.png" },
        VerdictRow(code: "input_unreadable") { gate in
            try gate.write(Array("\u{89}PNG broken".utf8), to: "broken.png")
            return "\(gate.folder)/broken.png"
        },
        VerdictRow(code: "input_unreadable") { gate in "\(gate.folder)/status" },
    ]

    private static let bothDomains: [SealDomain: [UInt8]] = [
        .medical: VerifyGate.medicalIdentifier, .transit: VerifyGate.transitIdentifier,
    ]

    private static func delegation(statusIndex: UInt64 = 2, scope: UInt64 = 1) -> Delegation {
        Delegation(guardian: Array(1...8), statusIndex: statusIndex, scope: scope)
    }
}

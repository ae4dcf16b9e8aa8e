import Encoding

/// One line of a gate's answers.
struct GateAnswer {
    enum Code {
        case accepted, revoked, other
    }

    let code: Code
    let pseudonym: String?
    let bundleVersion: UInt64?

    init(_ line: [UInt8]) {
        let verdict = try? JSONValue.parse(line, byteCountMax: 64 << 10)
        code =
            switch verdict?["code"]?.string {
            case "ok": .accepted
            case "revoked": .revoked
            default: .other
            }
        pseudonym = verdict?["holder"]?["pseudonym"]?.string
        bundleVersion = verdict?["trust"]?["bundleVersion"]?.integer.flatMap(UInt64.init(exactly:))
    }
}

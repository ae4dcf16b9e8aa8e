/// The witnesses that an auditor trusts, and the number of them that must have cosigned a checkpoint.
///
/// Text, one statement a line: `witness VKEY` once for each (a name of its own before the key is allowed), and
/// `quorum N` once. Empty lines and lines that begin with `#` are ignored.
package struct WitnessPolicy: Sendable, Equatable {
    package static let witnessCountMax = 100

    package let witnesses: [NoteKey]
    package let quorum: Int

    /// Takes witnesses and their quorum; nil unless the quorum is between 1 and the number of witnesses.
    package init?(witnesses: [NoteKey], quorum: Int) {
        guard quorum >= 1, quorum <= witnesses.count, Set(witnesses.map(\.vkey)).count == witnesses.count else {
            return nil
        }
        self.witnesses = witnesses
        self.quorum = quorum
    }

    /// Reads the text form.
    ///
    /// - Throws: `malformed_key`.
    package init(text: String) throws(TraceLogError) {
        var witnesses: [NoteKey] = []
        var quorum: Int?
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ").map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            switch (first, words.count) {
            case ("witness", 2...3):
                let key = try NoteKey(vkey: words[words.count - 1])
                guard key.kind == .cosignature, witnesses.count < Self.witnessCountMax else {
                    throw Self.malformed(
                        "a witness key is not of type cosignature/v1, or there are over \(Self.witnessCountMax)")
                }
                witnesses.append(key)
            case ("quorum", 2):
                guard quorum == nil, let count = Int(words[1]) else {
                    throw Self.malformed("the quorum is not a number, or is given twice")
                }
                quorum = count
            default: throw Self.malformed("a line begins with neither `witness` nor `quorum`")
            }
        }
        guard let quorum, let policy = WitnessPolicy(witnesses: witnesses, quorum: quorum) else {
            throw Self.malformed("the quorum is not between 1 and the number of different witnesses")
        }
        self = policy
    }

    private static func malformed(_ reason: String) -> TraceLogError {
        TraceLogError(
            code: .malformedKey, reason: "the witness policy is malformed: \(reason)",
            hint: "write one `witness NAME VKEY` a line and one `quorum N`")
    }

    /// The number of witnesses that have cosigned, and the names of those whose cosignature is wrong.
    func judge(_ note: SignedNote) -> (cosigned: Int, broken: [String]) {
        var cosigned = 0
        var broken: [String] = []
        for witness in witnesses {
            if note.cosignatureTime(by: witness) != nil {
                cosigned += 1
            } else if note.signatures.contains(where: {
                $0.name == witness.name && $0.keyIdentifier == witness.identifier
            }) {
                broken.append(witness.name)
            }
        }
        return (cosigned, broken)
    }
}

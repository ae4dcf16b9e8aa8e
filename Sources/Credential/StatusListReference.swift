import Encoding

/// In which status list a code's bit is.
package struct StatusListReference: Sendable, Hashable {
    package let issuer: String
    package let form: Form
    /// The day of `iat` for signed and chain credentials; nil for the lasting lists of paper, enterprise and object
    /// codes.
    package let day: UInt64?

    package init(issuer: String, form: Form, day: UInt64?) {
        self.issuer = issuer
        self.form = form
        self.day = day
    }

    /// A name without characters that a file's name or a URL has trouble with.
    package var name: String {
        let isPlain = issuer.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
        }
        let issuerName = isPlain ? issuer : "_" + Hex.encode(issuer.utf8)
        return "\(issuerName)-\(form.name)-\(day.map(String.init) ?? "lasting")"
    }
}

extension Claims {
    /// The list of the code's status index, and of its delegation's; nil for timed codes, which have none.
    package var statusList: StatusListReference? {
        switch body {
        case .person(let person):
            switch person.kind {
            case .signed, .chain: StatusListReference(issuer: issuer, form: .person, day: issueDay)
            case .paper: StatusListReference(issuer: issuer, form: .person, day: nil)
            case .timed: nil
            }
        case .enterprise, .object: StatusListReference(issuer: issuer, form: form, day: nil)
        }
    }

    /// The code's bits in that list; a code is revoked when any of them is set.
    package var statusIndices: [UInt64] {
        switch body {
        case .person(let person): [person.statusIndex, person.actor?.statusIndex].compactMap { $0 }
        case .enterprise(let enterprise): [enterprise.statusIndex]
        case .object(let object): [object.statusIndex]
        }
    }
}

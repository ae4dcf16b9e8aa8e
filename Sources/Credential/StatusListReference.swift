import Encoding

/// Identifies a shard of a status list.
///
/// Indices run through all shards of a list: index i is bit i mod 2²⁶ of shard i ÷ 2²⁶.
package struct StatusListReference: Sendable, Hashable {
    /// The number of bits in one shard.
    package static let shardBitCount: UInt64 = 1 << 26

    package let issuer: String
    package let form: Form
    /// The day of `iat` for signed and chain credentials; nil for the lasting lists of paper, enterprise and object
    /// codes.
    package let day: UInt64?
    /// The shard's number, from 0.
    package let shard: UInt64

    package init(issuer: String, form: Form, day: UInt64?, shard: UInt64 = 0) {
        self.issuer = issuer
        self.form = form
        self.day = day
        self.shard = shard
    }

    /// Another shard of the same list.
    package func shard(_ number: UInt64) -> StatusListReference {
        StatusListReference(issuer: issuer, form: form, day: day, shard: number)
    }

    /// The shard that holds an index of the list.
    package func shard(of index: UInt64) -> StatusListReference {
        shard(index / Self.shardBitCount)
    }

    /// A name that is valid in file names and URLs; shard 0 has the plain name of the list, as lists had before shards.
    package var name: String { Self.name(of: listName, shard: shard) }

    /// The name of a shard of a list.
    package static func name(of list: String, shard: UInt64) -> String {
        shard == 0 ? list : "\(list)-\(shard)"
    }

    /// What a shard's name is made of, read from its end.
    ///
    /// - Returns: the name itself and 0 where it does not end in a shard's number.
    package static func listAndShard(ofName name: String) -> (list: String, shard: UInt64) {
        guard let dash = name.lastIndex(of: "-") else { return (name, 0) }
        let digits = name[name.index(after: dash)...]
        guard let shard = UInt64(digits), shard > 0, String(shard) == digits else { return (name, 0) }
        return (String(name[..<dash]), shard)
    }

    /// The day of a list with this plain name; nil for a lasting list, and for a text that is no list's name.
    package static func day(ofListName name: String) -> UInt64? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1] == Form.person.name, let day = UInt64(parts[2]), String(day) == parts[2] else {
            return nil
        }
        return day
    }

    /// The name that all shards have in common.
    package var listName: String {
        let isPlain = issuer.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
        }
        let issuerName = isPlain ? issuer : "_" + Hex.encode(issuer.utf8)
        return "\(issuerName)-\(form.name)-\(day.map(String.init) ?? "lasting")"
    }
}

extension Claims {
    /// The list that contains the code's status indices; nil for timed codes, which have no status.
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

    /// The code's indices in that list; the code is revoked when the bit of any of them is set.
    package var statusIndices: [UInt64] {
        switch body {
        case .person(let person): [person.statusIndex, person.actor?.statusIndex].compactMap { $0 }
        case .enterprise(let enterprise): [enterprise.statusIndex]
        case .object(let object): [object.statusIndex]
        }
    }
}

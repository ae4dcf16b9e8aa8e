import Encoding

/// Which status list, and which shard of it, holds a code's bit.
///
/// Indices run through all shards of a list: index i is bit i mod 2²⁶ of shard i ÷ 2²⁶.
package struct StatusListReference: Sendable, Hashable {
    /// The bits of one shard.
    package static let shardBitCount: UInt64 = 1 << 26

    package let issuer: String
    package let form: Form
    /// The day of `iat` for signed and chain credentials; nil for the lasting lists of paper, enterprise and object
    /// codes.
    package let day: UInt64?
    /// Counts from 0.
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

    /// A name without characters that a file's name or a URL has trouble with; shard 0 has the list's own name, which
    /// is older than shards.
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

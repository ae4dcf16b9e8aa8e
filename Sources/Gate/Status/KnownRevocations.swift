import Encoding

/// What a gate has seen of hot lists: the newest that it took, and every revocation that its full lists still lack.
///
/// Revocations only grow: none is dropped before a full list has its bit. Encoded as a deterministic CBOR map
/// `{newest: [digest, base, iat, exp, signer], revoked: [[signer, list, [bit…]]…]}`; `newest` is absent until a hot
/// list was taken. A signer is a key identifier (4 bytes) and the SHA-256 of the public key.
struct KnownRevocations: Equatable, Sendable {
    static let byteCountMax = 4 << 20
    /// The most revocations that full lists lack: those of some 20 full hot lists.
    static let countMax = 1 << 18

    /// A hot list that counts as news about every code of its issuer.
    struct News: Equatable, Sendable {
        /// SHA-256 of the token's bytes.
        let digest: [UInt8]
        let base: UInt64
        let issuedAt: UInt64
        let expiresAt: UInt64
        let signer: [UInt8]
    }

    /// The key that signed a revocation, and the list that the revocation is in.
    ///
    /// A key that is later struck as compromised takes its revocations with it.
    struct Source: Hashable, Sendable {
        let signer: [UInt8]
        let list: String
    }

    var newest: News?
    private(set) var revoked: [Source: Set<UInt32>] = [:]

    init() {}

    /// Reads the bytes of ``encoded()``; nil for any other bytes.
    init?(_ bytes: [UInt8]) {
        let item = try? CBORItem.decode(
            bytes[...], rules: .deterministic, byteCountMax: Self.byteCountMax, depthMax: 5)
        guard let fields = item?.map, let sources = fields[text: "revoked"]?.array else { return nil }
        if let field = fields[text: "newest"] {
            guard let news = News(field) else { return nil }
            newest = news
        }
        for item in sources {
            guard let parts = item.array, parts.count == 3, let signer = parts[0].byteString,
                let list = parts[1].text, let bits = parts[2].array
            else { return nil }
            var known: Set<UInt32> = []
            for bit in bits {
                guard let bit = bit.unsigned.flatMap(UInt32.init(exactly:)) else { return nil }
                known.insert(bit)
            }
            revoked[Source(signer: signer, list: list)] = known
        }
    }

    func encoded() -> [UInt8] {
        let sources = revoked.sorted {
            ($0.key.list, Hex.encode($0.key.signer)) < ($1.key.list, Hex.encode($1.key.signer))
        }
        let items = sources.map { source, bits in
            CBORItem.array([
                .byteString(source.signer), .text(source.list),
                .array(bits.sorted().map { .unsigned(UInt64($0)) }),
            ])
        }
        var fields: [(String, CBORItem)] = [("revoked", .array(items))]
        if let newest { fields.append(("newest", newest.item)) }
        return CBORItem.record(fields).encoded()
    }

    /// Adds the revocations of a hot list.
    ///
    /// Throws `status_unknown` above ``countMax``, which no issuer reaches whose full lists are fetched.
    mutating func add(_ token: HotListToken, signedBy signer: [UInt8]) throws(BundleError) {
        for list in token.revoked {
            revoked[Source(signer: signer, list: list.list), default: []].formUnion(list.bits)
        }
        guard revoked.values.reduce(0, { $0 + $1.count }) <= Self.countMax else {
            throw HotListToken.refused("the gate knows over \(Self.countMax) revocations that its lists lack")
        }
    }

    /// Adds what another process has stored, and takes the newer of both hot lists.
    mutating func merge(_ other: KnownRevocations) {
        revoked.merge(other.revoked) { $0.union($1) }
        if let news = other.newest { take(news) }
    }

    /// Takes a hot list as the newest, unless a newer one was taken.
    mutating func take(_ news: News) {
        if news.issuedAt >= newest?.issuedAt ?? 0 { newest = news }
    }

    /// Drops the revocations that are in the full lists by now, and those of lists that the bundle no longer names.
    ///
    /// - Parameter needed: the bits of a list's name that are neither.
    mutating func prune(keeping needed: (String, Set<UInt32>) -> Set<UInt32>) {
        for (source, bits) in revoked {
            let kept = needed(source.list, bits)
            revoked[source] = kept.isEmpty ? nil : kept
        }
    }
}

extension KnownRevocations.News {
    fileprivate init?(_ item: CBORItem) {
        guard let parts = item.array, parts.count == 5, let digest = parts[0].byteString,
            let base = parts[1].unsigned, let issuedAt = parts[2].unsigned, let expiresAt = parts[3].unsigned,
            let signer = parts[4].byteString
        else { return nil }
        self.init(digest: digest, base: base, issuedAt: issuedAt, expiresAt: expiresAt, signer: signer)
    }

    fileprivate var item: CBORItem {
        .array([
            .byteString(digest), .unsigned(base), .unsigned(issuedAt), .unsigned(expiresAt), .byteString(signer),
        ])
    }
}

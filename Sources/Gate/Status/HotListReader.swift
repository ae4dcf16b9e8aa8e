import Credential
import Glibc
import Platform
import Signing

/// Reads a generation's hot list, adds it to what the gate has seen before, and remembers both.
struct HotListReader: Sendable {
    private let folder: String
    private let users: TrustedUsers
    private let bundle: GateBundle
    private let trust: TrustList
    private let gateMemory: GateMemory
    private let memory: HotListMemory
    /// What this process knew before; it counts also where time is given or somebody has removed the file.
    private let former: KnownRevocations?

    init(
        folder: String, users: TrustedUsers, statePath: String, bundle: GateBundle, trust: TrustList,
        memory: GateMemory, after former: KnownRevocations?
    ) {
        self.former = former
        (self.folder, self.users, self.bundle, self.trust) = (folder, users, bundle, trust)
        gateMemory = memory
        self.memory = HotListMemory(folder: statePath)
    }

    /// What was read; nothing of it is remembered yet.
    struct Reading: Sendable {
        let hotList: HotList
        let known: KnownRevocations
        /// The folder's hot list, where it is sound and another than the newest taken.
        fileprivate let found: KnownRevocations.News?
    }

    /// Reads the folder's hot list on top of what the gate has seen.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - skewSeconds: the gate's clock skew; nothing is taken of a hot list that is dated further ahead.
    /// - Returns: what hot lists say; with the error of a hot list that is not taken.
    /// - Throws: `bundle_unreadable` if what the gate has seen is lost.
    func read(at now: UInt64, skewSeconds: UInt64) throws(BundleError) -> Reading {
        let stored = try memory.read()
        guard stored != nil || former != nil || gateMemory.newestTime(ofList: HotListToken.name) == 0 else {
            throw memory.lost
        }
        var before = stored ?? KnownRevocations()
        if let former { before.merge(former) }
        var known = before
        var found: KnownRevocations.News?
        var refusal: BundleError?
        do throws(BundleError) {
            // A key may have been struck since its hot list was taken.
            let taken = known.newest.flatMap { signers($0.signer).isEmpty ? nil : $0.digest }
            if let (token, news) = try token(unlike: taken) {
                try SignedTime.check(token.issuedAt, of: "the hot list", at: now, skewSeconds: skewSeconds)
                try known.add(token, signedBy: news.signer)
                found = news
            }
        } catch {
            refusal = error
            known = before
        }
        let news = [known.newest, found].compactMap(\.self).map { news in
            HotList.News(
                base: news.base, issuedAt: news.issuedAt, expiresAt: news.expiresAt,
                issuers: Set(records(news.signer).map(\.issuer)), signers: signers(news.signer, at: news.issuedAt))
        }
        let hotList = HotList(news: news, revoked: revoked(known), refusal: refusal)
        return Reading(hotList: hotList, known: known, found: found)
    }

    /// Remembers a reading, without the revocations that the full lists have by now.
    ///
    /// - Parameters:
    ///   - reading: the reading.
    ///   - opened: the full lists that are open, each as new as it must be.
    /// - Returns: the reading, with what is known now.
    /// - Throws: `bundle_unreadable` if the state folder cannot be written, `state_busy`.
    func remember(_ reading: Reading, beside opened: [OpenedStatusList]) throws(BundleError) -> Reading {
        var known = reading.known
        if let found = reading.found, isCovered(found, by: opened) { known.take(found) }
        let lists = Dictionary(opened.map { ($0.reference.name, $0) }) { first, _ in first }
        let names = Set(bundle.statusLists.map(\.name))
        func prune(_ known: inout KnownRevocations) {
            known.prune { name, bits in
                guard names.contains(name) else { return [] }
                guard let list = lists[name]?.list else { return bits }
                // These bits lie all over the list, so that reading them takes the whole list into memory.
                defer { list.releasePages() }
                return bits.filter { list.isRevoked(UInt64($0)) != true }
            }
        }
        prune(&known)
        if try known != memory.read() ?? KnownRevocations(), !gateMemory.isTimeGiven {
            try memory.update { stored in
                stored.merge(known)
                prune(&stored)
            }
        }
        if let newest = known.newest, gateMemory.newestTime(ofList: HotListToken.name) < newest.issuedAt {
            try gateMemory.remember([HotListToken.name: newest.issuedAt])
        }
        return Reading(hotList: reading.hotList, known: known, found: reading.found)
    }

    /// Whether the open lists of the hot list's issuer, at least one, are at or after its `base`.
    private func isCovered(_ news: KnownRevocations.News, by opened: [OpenedStatusList]) -> Bool {
        let issuers = Set(signers(news.signer, at: news.issuedAt).map(\.issuer))
        let own = opened.filter { issuers.contains($0.reference.issuer) }
        return !own.isEmpty && own.allSatisfy { $0.list.issuedAt >= news.base }
    }

    /// The folder's hot list; nil where there is none, or it has a known digest.
    private func token(
        unlike digest: [UInt8]?
    ) throws(BundleError) -> (HotListToken, KnownRevocations.News)? {
        let path = "\(folder)/\(BundleExport.hotListPath)"
        guard unsafe access(path, F_OK) == 0 || errno != ENOENT && errno != ENOTDIR else { return nil }
        try GateFile.check("\(folder)/\(BundleExport.statusFolder)", users)
        let bytes = try GateFile.read(path, of: users, byteCountMax: HotListToken.byteCountMax)
        let found = DigestAlgorithm.sha256.digest(bytes)
        guard found != digest else { return nil }
        var records: [IssuerRecord] = []
        let token = try HotListToken(bytes[...]) { message in
            records = trust.records(message.keyIdentifier).filter { record in
                Self.maySign(record) && trust.key(record).map(message.isSigned(by:)) == true
            }
            return !records.isEmpty
        }
        guard token.subject == HotListToken.name || token.subject.hasSuffix("/\(HotListToken.name)") else {
            throw HotListToken.refused("\(path) holds the list \(token.subject)")
        }
        guard let signer = records.first(where: { $0.signs(at: token.issuedAt) }) else {
            throw HotListToken.refused("its key did not sign at \(token.issuedAt)")
        }
        let news = KnownRevocations.News(
            digest: found, base: token.base, issuedAt: token.issuedAt, expiresAt: token.expiresAt,
            signer: signer.keyIdentifier + DigestAlgorithm.sha256.digest(signer.publicKey))
        return (token, news)
    }

    /// The revocations that the gate still believes, by the lists that the bundle names.
    private func revoked(_ known: KnownRevocations) -> [StatusListReference: Set<UInt32>] {
        guard !known.revoked.isEmpty else { return [:] }
        let references = Dictionary(bundle.statusLists.map { ($0.name, $0) }) { first, _ in first }
        var revoked: [StatusListReference: Set<UInt32>] = [:]
        for (source, bits) in known.revoked {
            guard let reference = references[source.list],
                signers(source.signer).contains(where: { $0.issuer == reference.issuer })
            else { continue }
            revoked[reference, default: []].formUnion(bits)
        }
        return revoked
    }

    private func signers(_ signer: [UInt8], at time: UInt64) -> [IssuerRecord] {
        signers(signer).filter { $0.signs(at: time) }
    }

    private func signers(_ signer: [UInt8]) -> [IssuerRecord] {
        records(signer).filter(Self.maySign)
    }

    private func records(_ signer: [UInt8]) -> [IssuerRecord] {
        trust.records(Array(signer.prefix(VerificationKey.keyIdentifierByteCount))).filter { record in
            DigestAlgorithm.sha256.digest(record.publicKey)
                .elementsEqual(signer.dropFirst(VerificationKey.keyIdentifierByteCount))
        }
    }

    private static func maySign(_ record: IssuerRecord) -> Bool {
        record.uses.contains(.statuslist) && record.status != .compromised
    }
}

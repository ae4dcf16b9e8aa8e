import Encoding
import ObjectStorage
import Signing
import Storage
import TraceLog

extension IssuerOperation {
    /// Gives the settings and the keys to a new daemon of the installation, sealed to the key that it made for this.
    package static let joinDaemon = inquiry(
        "daemon.join", takes: ["key"], clockNeed: .signing
    ) { service, request, caller in
        OperationAnswer(json: try await service.shareFiles(with: request.string("key"), by: caller))
    }
}

extension IssuingService {
    /// Seals the installation's shared files to a key.
    ///
    /// The line of the trail and the entry in the log of acts are on disk before the files leave.
    ///
    /// - Parameters:
    ///   - text: the new daemon's X25519 key, a SubjectPublicKeyInfo in base64.
    ///   - caller: the new daemon, named by its certificate.
    /// - Returns: the sealed files, in `key` and `files`.
    /// - Throws: `not_permitted` for a user of this machine, `key_invalid`, `state_unshared`, `log_behind`, or the error
    ///   of a file.
    fileprivate func shareFiles(with text: String, by caller: Caller) async throws -> JSONValue {
        try caller.grants.require(.daemon)
        guard case .named = caller.identity else { throw Grants.missingRole([.daemon]) }
        let receiver = try Self.receiver(text)
        guard settings.isShared else {
            throw OperationError(
                code: .stateUnshared,
                reason: "one daemon alone serves this installation: its registry, its published files, its beat or its "
                    + "epoch keys lie on one machine",
                hint: "name a database in `storage` and buckets in `tiles`, `beat` and `epochKeys`; "
                    + "`suishen registry migrate` moves the registry")
        }
        let files = try SharedFiles(of: state)
        let keyCount = files.files.filter(\.isKey).count
        let digest = Hex.encode(DigestAlgorithm.sha256.digest(receiver.spki))
        try await database.write { [registry, acts, random] database in
            try registry.audit(
                by: caller.identity, action: IssuerOperation.joinDaemon.name, subject: "keys",
                detail: ["files": .integer(Int64(keyCount)), "key": .string(digest)], at: caller.now, in: database)
            let name = try Opening.make(name: "caller", value: caller.identity.text, random: random)
            try acts.entry(
                .daemonJoin, [String(keyCount), digest], openings: [name], atMilliseconds: caller.nowMilliseconds,
                in: database)
        }
        try await advanceBeat()
        return try SealedFiles(files, to: receiver, random: random).json
    }

    private static func receiver(_ text: String) throws(OperationError) -> ReceivingPublicKey {
        guard let spki = try? Base64.decode(text), spki.count <= ReceivingPublicKey.byteCountMax,
            let key = try? ReceivingPublicKey(spki: spki), key.belongs(to: .ed25519)
        else {
            throw OperationError(
                code: .keyInvalid, reason: "`key` is not an X25519 key",
                hint: "send a SubjectPublicKeyInfo in base64, as `suishend --join` makes it")
        }
        return key
    }
}

extension Settings {
    /// Whether several daemons may serve the installation: nothing that they share lies on one machine.
    var isShared: Bool {
        storage != nil && tiles.location != nil
            && [beat, epochKeys].allSatisfy { $0.map(S3Place.isLocation) ?? false }
    }
}

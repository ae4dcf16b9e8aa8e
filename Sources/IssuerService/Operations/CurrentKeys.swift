import Signing
import Storage
import Synchronization

/// The keys that sign now, which a rotation replaces while requests are served.
final class CurrentKeys: Sendable {
    private let keys: Mutex<[KeyRole: SigningKey]>
    private let issuer: SigningKey
    private let status: SigningKey

    init(issuer: SigningKey, status: SigningKey) {
        self.issuer = issuer
        self.status = status
        keys = Mutex([:])
    }

    subscript(role: KeyRole) -> SigningKey {
        let first = role == .issuer ? issuer : status
        return keys.withLock { $0[role] } ?? first
    }

    func replace(_ role: KeyRole, by key: SigningKey) {
        keys.withLock { $0[role] = key }
    }

    /// Takes up the keys that the registry says are active, where those are not the first ones.
    func follow(_ records: [IssuerKeyRecord], in state: StateDirectory) throws(SigningError) {
        for role in KeyRole.allCases {
            guard let active = records.last(where: { $0.status == .active && $0.uses == role.uses }),
                active.spki != self[role].verificationKey.spki
            else { continue }
            replace(role, by: try SigningKey(contentsOf: state.key(role.file(active.keyIdentifier))))
        }
    }
}

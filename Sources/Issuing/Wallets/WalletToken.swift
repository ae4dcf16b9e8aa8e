import Encoding
import Storage

/// The right that a token of the service stands for; the service keeps no token, since it alone can seal and open one.
enum WalletGrant: Sendable, Equatable {
    case offer([UInt8])
    case holding([UInt8])
}

/// What lets a phone ask for codes for ten minutes.
struct AccessToken: Sendable, Equatable {
    static let lifetimeSeconds: UInt64 = 600
    /// The most bytes of a token's text.
    static let textByteCountMax = 256
    private static let use = "access"

    let grant: WalletGrant
    /// The thumbprint of the key that the token is bound to.
    let thumbprint: [UInt8]
    /// The first second at which it has ended.
    let expiresAt: UInt64

    /// The token's text, which only the same registry opens.
    func text(_ registry: Registry) throws -> String {
        let (kind, identifier): (UInt8, [UInt8]) =
            switch grant {
            case .offer(let identifier): (0, identifier)
            case .holding(let identifier): (1, identifier)
            }
        let time = (0..<8).map { UInt8(truncatingIfNeeded: expiresAt >> UInt64(56 - 8 * $0)) }
        return Base64.encodeURL(try registry.sealed(token: [kind] + time + identifier + thumbprint, for: Self.use))
    }

    /// - Throws: `token_invalid`; a token that has ended is not refused here.
    init(_ text: String, _ registry: Registry) throws {
        guard text.utf8.count <= Self.textByteCountMax, let sealed = try? Base64.decodeURL(text),
            let bytes = try registry.opened(token: sealed, for: Self.use), bytes.count == 25 + 32
        else { throw OperationError.tokenInvalid }
        let identifier = Array(bytes[9..<25])
        grant = bytes[0] == 0 ? .offer(identifier) : .holding(identifier)
        expiresAt = bytes[1..<9].reduce(0) { $0 << 8 | UInt64($1) }
        thumbprint = Array(bytes[25...])
    }

    init(grant: WalletGrant, thumbprint: [UInt8], expiresAt: UInt64) {
        (self.grant, self.thumbprint, self.expiresAt) = (grant, thumbprint, expiresAt)
    }
}

/// What lets a phone get access tokens for its holding, together with its key.
enum RefreshToken {
    private static let use = "refresh"

    static func text(of holding: [UInt8], _ registry: Registry) throws -> String {
        Base64.encodeURL(try registry.sealed(token: holding, for: use))
    }

    /// The holding of a token.
    ///
    /// - Throws: `token_invalid`.
    static func holding(_ text: String, _ registry: Registry) throws -> [UInt8] {
        guard text.utf8.count <= AccessToken.textByteCountMax, let sealed = try? Base64.decodeURL(text),
            let bytes = try registry.opened(token: sealed, for: use)
        else { throw OperationError.tokenInvalid }
        return bytes
    }
}

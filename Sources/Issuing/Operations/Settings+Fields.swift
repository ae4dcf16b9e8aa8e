import HardwareKeys
import Signing

extension Settings {
    /// One setting of the file: its name, its comment, and its reader and writer.
    struct Field: Sendable {
        let name: String
        let comment: String
        let takes: String
        /// Whether the value may be in quotes, which make it a text in YAML.
        var isText = true
        let read: @Sendable (String, inout Settings) -> Bool
        let write: @Sendable (Settings) -> String
    }

    static let fields: [Field] = [
        Field(name: "issuer", comment: "the issuer's short name in every code", takes: "1 to 8 letters or digits") {
            let isName = (1...8).contains($0.utf8.count) && $0.utf8.allSatisfy { byte in byte.isLetterOrDigit }
            if isName { $1.issuer = $0 }
            return isName
        } write: {
            SettingsLine.written($0.issuer)
        },
        Field(name: "host", comment: "the host of enterprise and object codes", takes: "a host name in upper case") {
            let isHost =
                (1...253).contains($0.utf8.count)
                && $0.utf8.allSatisfy { byte in
                    byte.isLetterOrDigit && !(0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x2E
                }
            if isHost { $1.host = $0 }
            return isHost
        } write: {
            SettingsLine.written($0.host)
        },
        Field(name: "suite", comment: "signature, digest and cipher", takes: "ed25519, es256 or sm2") {
            guard let suite = Suite(rawValue: $0) else { return false }
            $1.suite = suite
            return true
        } write: {
            $0.suite.rawValue
        },
        number("personLifetimeSeconds", "lifetime of signed and chain codes", \.personLifetimeSeconds, 1...86_400),
        number("timedLifetimeSeconds", "lifetime of timed codes", \.timedLifetimeSeconds, 1...120),
        number("paperLifetimeSeconds", "lifetime of paper codes", \.paperLifetimeSeconds, 1...31_622_400),
        number(
            "enterpriseLifetimeSeconds", "lifetime of enterprise codes", \.enterpriseLifetimeSeconds, 1...31_622_400),
        number(
            "bundleLifetimeSeconds", "how long a gate bundle is fresh", \.bundleLifetimeSeconds,
            60...bundleLifetimeSecondsMax),
        number("epochKeyDays", "days of domain keys in a gate bundle, including today", \.epochKeyDays, 1...14),
        number(
            "statusHeadroomCount", "codes per list that may be issued after a bundle and still work at gates",
            \.statusHeadroomCount, 0...33_554_432),
        number("keyLifetimeDays", "days that a new signing key is trusted", \.keyLifetimeDays, 1...36_500),
        number(
            "logHeadsInterval", "log entries between two statements of every object's newest entry",
            \.logHeadsInterval, 256...16_777_216),
        number(
            "stopTimeoutSeconds", "how long open requests may still take once the daemon is told to stop",
            \.stopTimeoutSeconds, 1...3600),
        number(
            "checkpointSeconds", "seconds between two checkpoints of the log, which witnesses are asked to cosign",
            \.checkpointSeconds, 1...3600),
        storageField, tilesLocation, tilesEndpoint, tilesRegion, tilesCredentials, witnesses, beat, epochKeys,
        recoveryKey, epochCopies, publish, token, keyPassphrase, wallet, socketMode, socketGroup, listen, roles, rates,
        quotas, dualControl,
    ]

    private static let witnesses = Field(
        name: "witnesses",
        comment: """
            the file of the witnesses that cosign the log's checkpoints, in the form of C2SP's tlog-policy:
            `witness NAME VKEY URL` lines, then `quorum NAME`; each checkpoint waits up to a second for the quorum
            """,
        takes: "an absolute path, or none"
    ) {
        guard $0 != "none" else {
            $1.witnesses = nil
            return true
        }
        if isAbsolutePath($0) { $1.witnesses = $0 }
        return isAbsolutePath($0)
    } write: {
        $0.witnesses.map(SettingsLine.written) ?? "none"
    }

    private static let beat = Field(
        name: "beat",
        comment: """
            the file that records this installation's progress, so that an older copy of the folder is not served;
            put it outside the folder, best on another disk, and not into backups of the folder; the daemon must be
            able to write to the folder that the file is in
            """,
        takes: "an absolute path, or beside for DIR.beat beside the folder"
    ) {
        guard $0 != "beside" else {
            $1.beat = nil
            return true
        }
        if isAbsolutePath($0) { $1.beat = $0 }
        return isAbsolutePath($0)
    } write: {
        $0.beat.map(SettingsLine.written) ?? "beside"
    }

    private static let publish = Field(
        name: "publish",
        comment: """
            the folder of files that a web server hands out to gates, which the daemon then keeps up to date: the hot
            list within seconds of a revocation, the full lists hourly; the daemon's user owns it and nobody else may
            write to it; nothing secret is put there (tools/nginx has a server's configuration)
            """,
        takes: "an absolute path, or none"
    ) {
        guard $0 != "none" else {
            $1.publish = nil
            return true
        }
        if isAbsolutePath($0) { $1.publish = $0 }
        return isAbsolutePath($0)
    } write: {
        $0.publish.map(SettingsLine.written) ?? "none"
    }

    private static let wallet = Field(
        name: "wallet",
        comment: """
            the origin of the wallet's pages, on which phones receive and show codes; use a host of its own, since every
            script on this origin can use the phones' keys; http only for localhost, *.localhost and 127.0.0.1
            """,
        takes: "an origin like https://wallet.code.example.cn, host for https://wallet.HOST in lower case, or none"
    ) {
        guard let origin = WalletOrigin($0) else { return false }
        $1.wallet = origin
        return true
    } write: {
        SettingsLine.written($0.wallet.text)
    }

    private static let token = Field(
        name: "token",
        comment: """
            the hardware token that new signing keys are made in, as a URI (RFC 7512):
              pkcs11:token=NAME?module-path=/PATH/MODULE.so&pin-source=file:/PATH
            the PIN is in a file with mode 0400, or a credential of the unit (pin-source=credential:NAME);
            a file in keys/ says which key is in the token
            """,
        takes: "a pkcs11: URI with a module-path and without a key or a pin-value, or none"
    ) {
        guard $0 != "none" else {
            $1.token = nil
            return true
        }
        guard let uri = try? TokenURI($0), uri.namesToken, uri == uri.ofToken else { return false }
        $1.token = uri
        return true
    } write: {
        $0.token.map { SettingsLine.written($0.text) } ?? "none"
    }

    private static let keyPassphrase = Field(
        name: "keyPassphrase",
        comment: """
            the place of the passphrase that key files are wrapped under: a file with mode 0400 on another disk, or a
            credential of the unit (LoadCredentialEncrypted); `suishen key wrap --all` wraps the files that exist
            """,
        takes: "file:/PATH, credential:NAME or none"
    ) {
        guard $0 != "none" else {
            $1.keyPassphrase = nil
            return true
        }
        guard let source = PINSource($0) else { return false }
        $1.keyPassphrase = source
        return true
    } write: {
        $0.keyPassphrase.map { SettingsLine.written($0.text) } ?? "none"
    }

    static func isAbsolutePath(_ text: String) -> Bool {
        text.hasPrefix("/") && !text.hasSuffix("/") && text.utf8.count <= 4000
            && !text.utf8.contains(where: { $0 < 0x20 })
    }

    private static let socketMode = Field(
        name: "socketMode",
        comment: """
            who can connect to the socket: the daemon's own user (0600), its group too (0660), or everybody (0666);
            the default folder DIR/run admits the daemon's user alone; to let others in, start the daemon with
            --socket PATH in a folder that they may enter and that only the daemon's user may write to, or let systemd
            make the socket (tools/systemd/suishend.socket) with its own SocketMode and SocketGroup;
            connecting gives no rights: see roles
            """,
        takes: "0600, 0660 or 0666"
    ) {
        guard let mode = UInt32($0, radix: 8), SocketAccess.modes.contains(mode), $0 == socketModeText(mode) else {
            return false
        }
        $1.socket.mode = mode
        return true
    } write: {
        // The quotes matter: some YAML readers take a number that begins with 0 for octal, others for decimal.
        SettingsLine.written(socketModeText($0.socket.mode))
    }

    private static func socketModeText(_ mode: UInt32) -> String { "0" + String(mode, radix: 8) }

    private static let socketGroup = Field(
        name: "socketGroup", comment: "the group that a socketMode of 0660 lets in; own is the daemon's group",
        takes: "a group's number, or own"
    ) {
        guard $0 != "own" else {
            $1.socket.group = nil
            return true
        }
        guard let group = UInt32($0), String(group) == $0 else { return false }
        $1.socket.group = group
        return true
    } write: {
        $0.socket.group.map(String.init) ?? "own"
    }

    private static func number(
        _ name: String, _ comment: String, _ path: any WritableKeyPath<Settings, UInt64> & Sendable,
        _ range: ClosedRange<UInt64>
    ) -> Field {
        Field(
            name: name, comment: comment, takes: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            isText: false
        ) {
            guard let value = UInt64($0), String(value) == $0, range.contains(value) else { return false }
            $1[keyPath: path] = value
            return true
        } write: {
            String($0[keyPath: path])
        }
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
    }
}

import ArgumentParser
import CommandSupport
import Encoding
import Gate
import Glibc
import HardwareKeys
import Issuing
import Signing

/// Makes an installation: keys, settings and an empty registry.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make an installation: keys, settings and an empty registry.",
        discussion: """
            The folder must be new, or empty. Only this command makes an installation. The beat is a small file \
            outside the folder. It records how far the installation has come, so that an older copy of the folder is \
            not served; keep it out of the folder's backups. Keep the epoch keys out of them too: no personal field \
            can be read without them, so that an erased field ends in old backups. The one root that it makes signs \
            root document 1, which lists a bundle key; `suishen root` hands over to roots on other machines.
            """)

    @Option(help: "The folder to make; SUISHEN_STATE by default.")
    var state: String?

    @Option(help: "Signature, digest and cipher: ed25519, es256 or sm2.")
    var suite = Suite.ed25519

    @Option(help: "The issuer's short name in every code, 1 to 8 letters or digits.")
    var issuer = Settings().issuer

    @Option(help: "The host name in enterprise and object codes.")
    var host = Settings().host

    @Option(help: "The beat's file, best on another disk; DIR.beat beside the folder by default.")
    var beat: String?

    @Option(help: "The folder of epoch keys, out of every backup; DIR.epochs beside the folder by default.")
    var epochKeys: String?

    @Option(
        help: """
            The token to make the signing keys in, like \
            'pkcs11:token=NAME?module-path=/PATH/MODULE.so&pin-source=file:/PATH'; the root stays a file.
            """)
    var token: TokenURI?

    @Option(help: "The passphrase to wrap all key files under: file:/PATH or credential:NAME.")
    var keyPassphrase: PINSource?

    @Option(
        help: """
            The PostgreSQL database to keep the registry in, postgresql://USER@HOST,HOST/DATABASE; a file in the \
            folder by default.
            """)
    var storage: String?

    @Option(help: "The bucket to publish the logs in, s3://BUCKET/PREFIX; the folder by default.")
    var tiles: String?

    @Option(help: "The bucket's service: https://HOST, or https://*.HOST for https://BUCKET.HOST.")
    var tilesEndpoint: String?

    @Option(help: "The region that requests to the bucket are signed for.")
    var tilesRegion = Settings().tiles.region

    @Option(help: "The bucket's keys: file:/PATH or credential:NAME.")
    var tilesCredentials: PINSource?

    @OptionGroup var clock: ClockOptions
    @OptionGroup var result: ResultOptions

    func run() throws {
        try CommandError.wrapping {
            // A looser mask would let others write to the log, and a tighter one would shut this user out.
            umask(0o022)
            var settings = Settings()
            settings.suite = suite
            settings.issuer = issuer
            settings.host = host.uppercased()
            settings.beat = beat
            settings.epochKeys = epochKeys
            settings.token = token
            settings.keyPassphrase = keyPassphrase
            settings.storage = storage
            settings.tiles.location = tiles
            settings.tiles.endpoint = tilesEndpoint
            settings.tiles.region = tilesRegion
            settings.tiles.credentials = tilesCredentials
            // Checks the values with the settings file's reader, so that the written file can always be read.
            settings = try Settings(text: settings.text)
            let folder = try StateOptions.folder(state)
            try folder.create(
                settings, random: SystemRandom(), at: clock.now, credentialFolder: CredentialFolder.path)
            let roots = try InstallationRoots(folder)
            result.print([
                "state": .string(folder.path), "suite": .string(suite.rawValue), "issuer": .string(settings.issuer),
                "host": .string(settings.host),
                "logKey": .string(try folder.logKey(of: settings, credentialFolder: CredentialFolder.path)),
                "rootDigest": .string(Hex.encode(RootSource.digest(of: roots.root))),
                "rootKeyFile": .string(folder.rootKeyFile),
            ])
            Self.warnOfTrial(folder)
        }
    }

    /// Says what one root on the daemon's machine is worth.
    static func warnOfTrial(_ folder: StateDirectory) {
        Diagnostics(command: "suishen").warn(
            "one root on this machine is for trials: for service move \(folder.rootKeyFile) to a machine without "
                + "network, and name more roots and a threshold with `suishen root new`")
    }
}

extension Suite: ExpressibleByArgument {}

extension TokenURI: ExpressibleByArgument {
    /// Reads the argument; a mistake in it is told by the reader of settings, which says what it takes.
    public init?(argument: String) {
        guard let uri = try? TokenURI(argument) else { return nil }
        self = uri
    }
}

extension PINSource: ExpressibleByArgument {
    /// Reads the argument.
    public init?(argument: String) { self.init(argument) }
}

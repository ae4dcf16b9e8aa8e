import ArgumentParser
import CommandSupport
import Encoding
import Gate
import HardwareKeys
import IssuerInterface
import Issuing
import Platform
import Signing

/// Changes roots and bundle keys, from file to file, so that each root stays on its own machine.
struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "root", abstract: "Change the roots that gates follow, and the keys that sign bundles.",
        discussion: """
            `new` makes the next root document, each holder of a root signs a copy with `sign` on a machine without \
            network, and `join` puts the copies together. `show` prints what a document says and who is missing.
            """,
        subcommands: [
            RootNewCommand.self, RootSignCommand.self, RootJoinCommand.self, RootShowCommand.self,
            RootBundleKeyCommand.self, RootBeginCommand.self,
        ])

    /// Reads a proposed document.
    static func proposal(_ path: String) throws(CommandError) -> RootProposal {
        let bytes = try InputFile.read(path, byteCountMax: RootProposal.byteCountMax)
        return try naming(path) { () throws(BundleError) in try RootProposal(bytes) }
    }

    /// Reads a public key in PEM.
    static func publicKey(_ path: String) throws(CommandError) -> VerificationKey {
        let bytes = try InputFile.read(path, byteCountMax: SigningKey.fileByteCountMax)
        return try naming(path) { () throws(SigningError) in try VerificationKey(pem: bytes) }
    }

    /// Runs `body`, whose error concerns a file.
    static func naming<Value, Failure: CodedError>(
        _ path: String, _ body: () throws(Failure) -> Value
    ) throws(CommandError) -> Value {
        do throws(Failure) {
            return try body()
        } catch {
            throw CommandError(error, in: path)
        }
    }
}

/// Signs a copy of a proposed document.
struct RootSignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign a copy of a root document, and print what was signed.",
        discussion: "It needs the two files alone: run it on the machine that holds the root.")

    @Argument(help: "The document, as `suishen root new` wrote it; other holders may have signed it.")
    var document: String

    @Option(help: "The private key of a root before the document, or of one in it: a file, or a pkcs11: URI.")
    var key: String

    @Option(help: "The passphrase of a wrapped key file: file:/PATH or credential:NAME.")
    var passphrase: PINSource?

    @Option(help: "The file for the signed copy.")
    var out: String

    @OptionGroup var result: ResultOptions

    func run() throws {
        try CommandError.wrapping {
            let signed = try RootCommand.proposal(document).signed(by: KeyOption.key(key, passphrase: passphrase))
            try OutputFile.write(signed.encoded(), to: out)
            result.print(signed.json)
        }
    }
}

/// Joins signed copies into the next chain.
struct RootJoinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join", abstract: "Join the signed copies of a root document, and append it to the chain.",
        discussion: """
            The chain goes into the installation, whose next bundle is signed by a key of the document, or to the file \
            that --out names. Nothing is written while signatures are missing. With --socket the daemon takes the chain; \
            where `dualControl` has publishRoot, it does so once another operator has run `suishen confirm`.
            """)

    @Argument(help: "The signed copies of one document.")
    var documents: [String]

    @Option(help: "The installation that takes the chain; SUISHEN_STATE by default.")
    var state: String?

    @Option(help: "A file for the chain, in place of an installation.")
    var out: String?

    @Option(help: "The socket of a daemon that takes the chain; SUISHEN_SOCKET by default.")
    var socket: String?

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var result: ResultOptions

    func validate() throws {
        guard out == nil || state == nil && socket == nil && remote.daemon == nil else {
            throw ValidationError("give --out alone, without --state, --socket and --daemon")
        }
    }

    func run() throws {
        try CommandError.wrapping {
            var joined = try RootCommand.proposal(documents[0])
            for path in documents.dropFirst() {
                let copy = try RootCommand.proposal(path)
                joined = try RootCommand.naming(path) { [joined] () throws(BundleError) in
                    try joined.joined(with: copy)
                }
            }
            let chain = try joined.completed()
            if let out {
                try OutputFile.write(chain.encoded(), to: out)
            } else if let address = try daemonAddress {
                let body: JSONValue = ["chain": .string(Base64.encode(chain.encoded()))]
                _ = try IssuerClient(address).ask(.publishRoots, body)
            } else {
                let folder = try StateOptions.folder(state)
                try DualAct.publishRoot.refuseOnFiles(of: folder)
                try InstallationRoots.take(chain, in: folder)
            }
            result.print(joined.json)
        }
    }

    /// The socket that is named, or the folder's own where a second operator has to confirm and a daemon answers.
    private var daemonAddress: DaemonAddress? {
        get throws {
            if let address = try StateOptions.named(socket, remote.remote) { return address }
            let folder = try StateOptions.folder(state)
            let mustConfirm = try folder.readSettings().dualControl.contains(.publishRoot)
            return mustConfirm && IssuerClient.answers(at: folder.socket)
                ? .socket(path: folder.socket) : nil
        }
    }
}

/// Prints a document or a chain.
struct RootShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print what root documents say, who has signed, and who is missing.",
        discussion: """
            FILE is a proposed document, or the chain in roots.cbor. A chain is checked from its first root on: --root \
            names it, and by default it is the root.pem beside the chain.
            """)

    @Argument(help: "A document of `suishen root new`, or a roots.cbor.")
    var file: String

    @Option(help: "The first root's public key, for a chain.")
    var root: String?

    @OptionGroup var result: ResultOptions

    func run() throws {
        try CommandError.wrapping {
            let bytes = try InputFile.read(file, byteCountMax: RootProposal.byteCountMax)
            guard let documents = try? RootChain.documents(in: bytes) else {
                result.print(try RootCommand.naming(file) { () throws(BundleError) in try RootProposal(bytes) }.json)
                return
            }
            let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
            let root = try RootCommand.publicKey(root ?? folder + BundleExport.rootName)
            let chain = try RootCommand.naming(file) { () throws(BundleError) in try RootChain(documents, root: root) }
            for json in chain.json { result.print(json) }
        }
    }
}

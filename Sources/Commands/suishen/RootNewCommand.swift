import ArgumentParser
import CommandSupport
import Encoding
import Gate
import Issuing
import Signing

/// Makes the next document, which nobody has signed yet.
struct RootNewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make the next root document from the newest one, for its holders to sign.",
        discussion: """
            What no option changes stays as it is, and the document's term begins anew. Keys are named by the first 8 \
            or more digits of a `digest` in `suishen root show`. Add the next bundle key and export bundles under it \
            before you drop the one in use: a gate refuses a dropped key at once.
            """)

    @Option(help: "A folder with root.pem and roots.cbor: an installation or a bundle's; SUISHEN_STATE by default.")
    var from: String?

    @Flag(help: "Make document 1, for a folder that has no roots.cbor yet.")
    var first = false

    @Option(help: "The file for the document.")
    var out: String

    @Option(help: "A root's public key (PEM) to add; may be given more than once.")
    var addRoot: [String] = []

    @Option(help: "A root to drop; may be given more than once.")
    var dropRoot: [String] = []

    @Option(help: "How many roots must sign this document and the next one.")
    var threshold: Int?

    @Option(help: "A bundle key's public key (PEM) to add; may be given twice.")
    var addBundleKey: [String] = []

    @Option(help: "A bundle key to drop; may be given twice.")
    var dropBundleKey: [String] = []

    @Option(help: "The document's term in days, 1 to 7300.")
    var days: UInt64 = FirstRootDocument.lifetimeSeconds / 86_400

    @Option(help: "The term of an added bundle key in days, 1 to 7300.")
    var bundleKeyDays: UInt64 = FirstRootDocument.bundleKeyLifetimeSeconds / 86_400

    @OptionGroup var clock: ClockOptions
    @OptionGroup var result: ResultOptions

    func validate() throws {
        for (name, days) in [("--days", days), ("--bundle-key-days", bundleKeyDays)] {
            guard (1...7300).contains(days) else { throw ValidationError("\(name) is 1 to 7300") }
        }
    }

    func run() throws {
        try CommandError.wrapping {
            let former = try InstallationRoots(StateOptions.folder(from))
            guard first == (former.chain == nil) else {
                throw CommandError(
                    code: first ? "roots_exist" : "roots_missing",
                    reason: first ? "the folder has a roots.cbor already" : "the folder has no roots.cbor",
                    hint: first ? "leave --first out" : "make document 1 with --first, or with `suishen root begin`",
                    status: .failure)
            }
            var change = RootChange()
            change.addedRoots = try addRoot.map(RootCommand.publicKey)
            change.droppedRoots = dropRoot
            change.threshold = threshold
            change.addedBundleKeys = try addBundleKey.map { path in
                BundleKey(
                    key: try RootCommand.publicKey(path), expiresAt: clock.now + bundleKeyDays * 86_400)
            }
            change.droppedBundleKeys = dropBundleKey
            let document = try change.document(
                after: former.chain?.newest, root: former.root, issuedAt: clock.now,
                expiresAt: clock.now + days * 86_400)
            let proposal = try RootProposal(document, after: former.chain, root: former.root)
            try OutputFile.write(proposal.encoded(), to: out)
            result.print(proposal.json)
        }
    }
}

/// Makes a bundle key in an installation.
struct RootBundleKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle-key", abstract: "Make a key that may sign bundles once a root document lists it.",
        discussion: "The private key stays in the installation or its token; hand the public key to `suishen root new`."
    )

    @Option(help: "The installation's folder; SUISHEN_STATE by default.")
    var state: String?

    @Option(help: "The file for the public key (PEM).")
    var out: String

    @OptionGroup var result: ResultOptions

    func run() throws {
        try CommandError.wrapping {
            let folder = try StateOptions.folder(state)
            let keys = try StateOptions.keys(of: folder)
            let made = try keys.generate(Settings(contentsOf: folder.settings).suite.algorithm, role: "bundle")
            let key = made.key
            let name = KeyRing.bundleKeyFile(key.verificationKey.keyIdentifier)
            do {
                try OutputFile.write(key.verificationKey.pem(), to: out)
                try keys.write(made, to: name)
            } catch {
                keys.discard(made)
                throw error
            }
            let path = folder.key(name)
            result.print([
                "digest": .string(Hex.encode(RootSource.digest(of: key.verificationKey))),
                "kid": .string(Hex.encode(key.verificationKey.keyIdentifier)), "privateKeyFile": .string(path),
                "publicKeyFile": .string(out),
            ])
        }
    }
}

/// Makes document 1 of an installation whose root signs the bundles itself.
struct RootBeginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "begin", abstract: "Make document 1 of an installation whose root signs bundles itself.",
        discussion: """
            It makes a bundle key, and signs document 1 with the root in the installation: one root, threshold 1. From \
            the next export on the bundle key signs, and the root's private key can go to a machine without network. \
            Gates follow with that bundle, and take none under the root itself afterwards.
            """)

    @Option(help: "The installation's folder; SUISHEN_STATE by default.")
    var state: String?

    @OptionGroup var clock: ClockOptions
    @OptionGroup var result: ResultOptions

    func run() throws {
        try CommandError.wrapping {
            let folder = try StateOptions.folder(state)
            let roots = try InstallationRoots(folder)
            let keys = try StateOptions.keys(of: folder)
            guard roots.chain == nil else {
                throw CommandError(
                    code: "roots_exist", reason: "\(folder.path) has root documents already",
                    hint: "make the next one with `suishen root new`", status: .failure)
            }
            try DualAct.publishRoot.refuseOnFiles(of: folder)
            let first = try FirstRootDocument(
                root: roots.bundleKey(in: folder, keys, at: clock.now), in: keys, at: clock.now)
            try first.write(to: folder, keys)
            for json in first.chain.json { result.print(json) }
            InitCommand.warnOfTrial(folder)
        }
    }
}

import Glibc

/// A token of SoftHSM in a folder of its own, made for one test and removed with it.
package final class SoftToken: Sendable {
    /// The module of Debian's package softhsm2.
    package static let module = "/usr/lib/softhsm/libsofthsm2.so"
    /// The module of opensc-pkcs11 that writes down every call to another module.
    package static let spy = "/usr/lib/x86_64-linux-gnu/pkcs11-spy.so"
    package static let pin = "1234567"

    package let folder: ScratchFolder
    package let labels: [String]

    /// Makes tokens with these labels in one folder.
    package init(_ labels: String...) throws {
        folder = try ScratchFolder()
        self.labels = labels
        guard unsafe mkdir(folder("tokens"), 0o700) == 0 else { throw MissingFile(path: folder("tokens")) }
        let configuration = """
            directories.tokendir = \(folder("tokens"))
            objectstore.backend = file
            log.level = ERROR

            """
        try folder.write(Array(configuration.utf8), to: "softhsm2.conf")
        try folder.write(Array("\(Self.pin)\n".utf8), to: "pin", mode: 0o400)
        for label in labels {
            let made = try run(
                "/usr/bin/softhsm2-util", "--init-token", "--free", "--label", label, "--pin", Self.pin, "--so-pin",
                "7654321")
            guard made.status == 0 else { throw MissingFile(path: made.diagnostics) }
        }
    }

    /// The variable by which a process finds the tokens.
    package var variable: String { "SOFTHSM2_CONF=" + folder("softhsm2.conf") }

    package func uri(_ label: String? = nil, module: String = SoftToken.module, pin: String = "pin") -> String {
        "pkcs11:token=\(label ?? labels[0])?module-path=\(module)&pin-source=file:\(folder(pin))"
    }

    /// Runs a command of the system on these tokens.
    package func run(_ path: String, _ arguments: String...) throws -> Program.Outcome {
        try Program(path: "/usr/bin/env").run([variable, path] + arguments)
    }

    /// Takes the tokens away, as pulling a plug does; or puts them back.
    package func takeAway() { _ = unsafe rename(folder("tokens"), folder("away")) }
    package func putBack() { _ = unsafe rename(folder("away"), folder("tokens")) }

    /// What pkcs11-tool says of the token's private keys.
    package func listing(_ label: String? = nil) throws -> String {
        try run(
            "/usr/bin/pkcs11-tool", "--module", Self.module, "--token-label", label ?? labels[0], "--login", "--pin",
            Self.pin, "--list-objects", "--type", "privkey"
        ).output
    }
}

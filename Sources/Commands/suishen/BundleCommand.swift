import ArgumentParser
import CommandSupport
import Credential
import Encoding
import Gate
import Glibc
import Issuing
import Platform
import Signing

/// Makes the bundles with which gates decide.
struct BundleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle", abstract: "Make the bundles with which gates decide.", subcommands: [Export.self])

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a gate bundle to a folder, or update the bundle in it.",
            discussion: """
                The folder gets bundle.cbor, root.pem, roots.cbor, status/, and epoch-keys.cbor (mode 0400) for the named domains. \
                Give a gate only its own domains: it can open every seal that its keys fit. Without a domain, an \
                earlier epoch-keys.cbor is removed. The answer's rootDigest is for the gate's option --root.
                """)

        @Option(help: "The folder; made when it does not exist.")
        var out: String

        @Option(help: "A domain whose seals the gate may open: medical or transit; may be given twice.")
        var domain: [SealDomain] = []

        @Option(help: "Seconds for which the bundle is fresh.")
        var lifetime: UInt64?

        @Option(help: "A request that another operator has confirmed: its bundle is fetched, and no other is made.")
        var request: String?

        @OptionGroup var state: StateOptions
        @OptionGroup var result: ResultOptions

        func validate() throws {
            guard request == nil || domain.isEmpty && lifetime == nil else {
                throw ValidationError("--request has the domains and the lifetime that were confirmed; leave both out")
            }
        }

        func run() async throws {
            let isNew = unsafe access(out, F_OK) != 0
            // Locked before the bundle is made: of two exports, the one that writes later has the higher version.
            let lock = try locked()
            defer { withExtendedLifetime(lock) {} }
            do {
                let files = try BundleExport(try await answer()).files
                try write(files, isNew: isNew)
                var members: JSONObject = ["out": .string(out), "files": .array(files.map { .string($0.path) })]
                if request == nil { members["domains"] = .array(domain.map { .string($0.rawValue) }) }
                members["rootDigest"] = .string(Hex.encode(try rootDigest(files)))
                result.print(.object(members))
            } catch {
                // Only an empty folder goes.
                if isNew { unsafe rmdir(out) }
                throw error
            }
        }

        private func answer() async throws -> JSONValue {
            let access = try state.access()
            if let request { return try await access.perform(.confirmedAnswer, ["request": .string(request)]) }
            let order = IssuingService.BundleOrder(domains: domain, lifetimeSeconds: lifetime)
            return try await access.perform(.exportBundle, order.json)
        }

        private func rootDigest(_ files: [BundleExport.File]) throws(CommandError) -> [UInt8] {
            let pem = files.first { $0.path == BundleExport.rootName }?.bytes ?? []
            do {
                return RootSource.digest(of: try VerificationKey(pem: pem))
            } catch {
                throw CommandError(error)
            }
        }

        /// Makes the folder and locks it for this export alone.
        private func locked() throws(CommandError) -> LockedFile {
            try checkOwner(of: out)
            let isThere = unsafe mkdir(out, 0o755) == 0 || errno == EEXIST
            guard isThere, let lock = LockedFile(folder: out, followsLink: false) else { throw Self.unwritable(out) }
            do throws(LockedFileError) {
                try lock.lock(timeoutMilliseconds: 0)
            } catch {
                guard error == .busy else { throw Self.unwritable(out) }
                throw CommandError(
                    code: "output_busy", reason: "another program is exporting to \(out)",
                    hint: "run the export again once the other one has ended", status: .failure)
            }
            return lock
        }

        private static func unwritable(_ folder: String) -> CommandError {
            CommandError(
                code: "output_unwritable",
                reason: "\(folder) cannot be made: \(unsafe String(cString: strerror(errno)))",
                hint: "name a folder whose parent exists and is writable for you", status: .failure)
        }

        private func write(_ files: [BundleExport.File], isNew: Bool) throws(CommandError) {
            do throws(CommandError) {
                try bringUpToDate(files)
            } catch {
                if isNew { remove(files) }
                throw error
            }
        }

        /// Removes the files that a failed command made.
        private func remove(_ files: [BundleExport.File]) {
            for file in files { unsafe unlink("\(out)/\(file.path)") }
            unsafe rmdir("\(out)/\(BundleExport.statusFolder)")
            unsafe rmdir(out)
        }

        /// Replaces each file in one step, `bundle.cbor` last: a running gate loads the folder when it changes.
        ///
        /// A power cut never leaves a new bundle beside old lists.
        private func bringUpToDate(_ files: [BundleExport.File]) throws(CommandError) {
            let folders = ["\(out)/\(BundleExport.statusFolder)", out]
            for folder in folders.reversed() {
                try checkOwner(of: folder)
                guard unsafe mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw Self.unwritable(folder) }
            }
            for path in files.map({ "\(out)/\($0.path)" }) { try checkOwner(of: path) }
            for file in files where file.path == BundleExport.rootName {
                try checkRoot(file.bytes, at: "\(out)/\(file.path)")
            }
            try checkRootDocuments(files)
            let bundles = files.filter { $0.path == BundleExport.bundleName }
            for part in [files.filter { $0.path != BundleExport.bundleName }, bundles] {
                for file in part { try OutputFile.write(file.bytes, to: "\(out)/\(file.path)", mode: file.mode) }
                if !files.contains(where: { $0.path == EpochKeyFile.name }) { try removeEpochKeys() }
                for folder in folders { try OutputFile.sync(folder: folder) }
            }
        }

        /// Removes the keys of an earlier bundle, so that a gate without domains opens no seal.
        private func removeEpochKeys() throws(CommandError) {
            let path = "\(out)/\(EpochKeyFile.name)"
            guard unsafe unlink(path) == 0 || errno == ENOENT else {
                throw CommandError(
                    code: "output_unwritable",
                    reason: "\(path) cannot be removed: \(unsafe String(cString: strerror(errno)))",
                    hint: "remove it, and export again", status: .failure)
            }
        }

        /// Refuses a symbolic link, and a folder or file that another user can change or exchange.
        ///
        /// Otherwise another user could lead this command to other files, or read the epoch keys.
        private func checkOwner(of path: String) throws(CommandError) {
            do throws(UntrustedEntry) {
                try TrustedUsers.own.check(path, followsLink: false)
            } catch {
                throw CommandError(
                    code: "output_unwritable", reason: error.reason, hint: error.hint, status: .failure)
            }
        }

        /// Refuses root documents that do not continue those in the folder, which its gate has taken.
        private func checkRootDocuments(_ files: [BundleExport.File]) throws(CommandError) {
            let path = "\(out)/\(RootChain.name)"
            guard unsafe access(path, F_OK) == 0 else { return }
            let former = try? RootChain.documents(in: InputFile.read(path, byteCountMax: RootChain.byteCountMax))
            let next = files.first { $0.path == RootChain.name }.flatMap { try? RootChain.documents(in: $0.bytes) }
            guard let former else { return }
            guard next?.map(\.digest).starts(with: former.map(\.digest)) == true else {
                throw CommandError(
                    code: "roots_behind", reason: "\(path) has other or newer root documents than the installation",
                    hint: "put the newest roots.cbor into the installation with `suishen root join`", status: .failure)
            }
        }

        /// Refuses another root key: a gate trusts its first root, and no other issuer may replace it unnoticed.
        private func checkRoot(_ root: [UInt8], at path: String) throws(CommandError) {
            guard unsafe access(path, F_OK) == 0, try InputFile.read(path, byteCountMax: 64 << 10) != root else {
                return
            }
            throw CommandError(
                code: "root_differs", reason: "\(path) holds another root key",
                hint: "export to a new folder, or remove that file if this gate is to change its issuer",
                status: .failure)
        }
    }
}

extension SealDomain: ExpressibleByArgument {}

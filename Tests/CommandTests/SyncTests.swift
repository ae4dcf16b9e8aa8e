import Encoding
import Gate
import GateTestSupport
import Glibc
import Signing
import TestSupport
import Testing

@Suite("verify sync")
struct SyncTests {
    private let synced: SyncedGate

    init() throws {
        synced = try SyncedGate()
    }

    private func first() throws {
        let outcome = try synced.sync("--root", synced.gate.rootDigest)
        try #require(outcome.status == 0, "\(outcome)")
    }

    @Test("fetches a first generation, by which the gate decides")
    func firstGeneration() throws {
        let outcome = try synced.sync("--root", synced.gate.rootDigest)
        #expect(outcome.status == 0 && outcome.result?["updated"] == true, "\(outcome)")
        #expect(outcome.result?["bundleVersion"] == 5 && outcome.result?["generation"] == 1)
        #expect(synced.current() == "generations/1")
        #expect(try synced.acceptedVersion() == 5)
        #expect(try synced.names(in: "generations") == ["1"])
        #expect(try synced.names(in: ".") == ["current", "epoch-keys.cbor", "generations"])
    }

    @Test("spends no body on files that have not changed")
    func unchanged() throws {
        try first()
        _ = try synced.server.answers()
        let outcome = try synced.sync()
        #expect(outcome.status == 0 && outcome.result?["updated"] == false, "\(outcome)")
        #expect(outcome.result?["fetchedBytes"] == 0 && outcome.result?["generation"] == 1)
        let answers = try synced.server.answers()
        // The tree has no root documents and no hot list, and a bundle with four lists.
        #expect(answers.filter { $0.hasPrefix("304") }.count == 5)
        #expect(answers.filter { !$0.hasPrefix("304") } == ["404 /roots.cbor", "404 /status/hot"])
        #expect(try synced.names(in: "generations") == ["1"])
    }

    @Test("fetches what has changed alone, and keeps the last two generations")
    func updates() throws {
        try first()
        for version in UInt64(6)...8 {
            try synced.publish(version: version)
            _ = try synced.server.answers()
            let outcome = try synced.sync()
            #expect(outcome.status == 0 && outcome.result?["generation"] == .integer(Int64(version) - 4), "\(outcome)")
            #expect(try synced.server.answers().filter { $0.hasPrefix("200") } == ["200 /bundle.cbor"])
            #expect(try synced.acceptedVersion() == Int64(version))
        }
        #expect(try synced.names(in: "generations") == ["3", "4"])
    }

    @Test("takes a newer list with the same bundle")
    func newerList() throws {
        try first()
        try synced.publish(version: 5, listTime: VerifyGate.start + 5)
        let outcome = try synced.sync()
        #expect(outcome.status == 0 && outcome.result?["generation"] == 2, "\(outcome)")
        #expect(try synced.acceptedVersion() == 5)
    }

    @Test("goes on from a folder that was copied by hand, with the root that is in it")
    func copied() throws {
        unsafe mkdir("\(synced.bundle)/status", 0o755)
        for file in try synced.gate.files(version: 4, domains: []) where file.path != EpochKeyFile.name {
            try synced.scratch.write(file.bytes, to: "bundle/\(file.path)", mode: mode_t(file.mode))
        }
        #expect(try synced.acceptedVersion() == 4)
        let outcome = try synced.sync()
        #expect(outcome.status == 0 && outcome.result?["generation"] == 1, "\(outcome)")
        #expect(try synced.acceptedVersion() == 5)
    }

    @Test("takes the root from a file outside the folder")
    func rootFile() throws {
        let pem = try synced.scratch.write(synced.gate.root.verificationKey.pem(), to: "root.pem")
        #expect(try synced.sync("--root", pem).status == 0)
        #expect(try synced.acceptedVersion() == 5)
    }

    @Test("trusts no root that the server alone names")
    func rootMissing() throws {
        let outcome = try synced.sync()
        #expect(outcome.status == 1 && outcome.errorCode == "root_missing", "\(outcome)")
        #expect(try synced.names(in: "generations") == [])
        #expect(try synced.server.answers() == [])
    }

    @Test("follows root documents in order, and none out of order")
    func roots() throws {
        let keys = try RootCeremony()
        let gate = synced.gate
        let one = try keys.document(1, roots: [gate.root], threshold: 1).signed(by: gate.root)
        let two = try keys.document(2, roots: [keys.roots[0]], threshold: 1, bundleKeys: [keys.bundleKeys[1]])
            .signed(by: gate.root).signed(by: keys.roots[0])
        func publish(_ documents: [SignedRootDocument], version: UInt64, key: Int) throws {
            try synced.publish(version: version, by: keys.bundleKeys[key])
            try synced.server.tree.write(RootChain.encoded(documents), to: RootChain.name)
        }
        try publish([one], version: 5, key: 0)
        try first()
        try publish([two], version: 6, key: 1)
        #expect(try synced.sync().errorCode == "roots_invalid")
        let unsigned = try keys.document(2, roots: [keys.roots[0]], threshold: 1, bundleKeys: [keys.bundleKeys[1]])
            .signed(by: keys.roots[0])
        try publish([one, unsigned], version: 6, key: 1)
        #expect(try synced.sync().errorCode == "root_threshold_missing")
        #expect(synced.current() == "generations/1")
        try publish([one, two], version: 6, key: 1)
        #expect(try synced.sync().status == 0)
        #expect(try synced.acceptedVersion() == 6)
        try publish([one], version: 7, key: 0)
        #expect(try synced.sync().errorCode == "bundle_rollback")
        unsafe unlink(synced.server.tree(RootChain.name))
        try synced.publish(version: 7)
        #expect(try synced.sync().errorCode == "bundle_rollback")
        #expect(try synced.acceptedVersion() == 6)
    }

    @Test("works in no folder that others can write, and beside no other fetch")
    func folder() throws {
        try first()
        unsafe chmod(synced.bundle, 0o777)
        #expect(try synced.sync().errorCode == "bundle_unreadable")
        unsafe chmod(synced.bundle, 0o755)
        let descriptor = unsafe open("\(synced.bundle)/generations", O_RDONLY | O_CLOEXEC)
        #expect(flock(descriptor, LOCK_EX) == 0)
        let outcome = try synced.sync()
        #expect(outcome.status == 75 && outcome.errorCode == "sync_busy", "\(outcome)")
        close(descriptor)
        #expect(try synced.sync().status == 0)
        let absent = try Program(path: "/usr/bin/env").run(synced.words(in: synced.scratch("none")))
        #expect(absent.status == 1 && absent.errorCode == "folder_unwritable", "\(absent)")
    }

    @Test("leaves a gate undecided whose link leads elsewhere", arguments: ["../elsewhere", "generations/01", "/tmp"])
    func link(target: String) throws {
        try first()
        unsafe unlink("\(synced.bundle)/current")
        unsafe symlink(target, "\(synced.bundle)/current")
        #expect(try synced.acceptedVersion() == nil)
        #expect(try synced.sync().errorCode == "bundle_unreadable")
    }

    @Test(
        "takes no address that anybody on the way could answer for",
        arguments: ["http://gates.example", "/x", "ftp://x"])
    func address(text: String) throws {
        let outcome = try Program("verify").run(["sync", "--bundle", synced.bundle, "--from", text])
        #expect(outcome.status == 64, "\(outcome)")
    }
}

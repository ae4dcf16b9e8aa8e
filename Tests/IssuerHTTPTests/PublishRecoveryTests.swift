import Encoding
import Glibc
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

@Suite("A recovery from a published tree", .serialized)
struct PublishRecoveryTests {
    private let state: CopiedState
    private let tree: String

    init() throws {
        state = try CopiedState()
        tree = state.installation.folder("tree")
    }

    private func putCheckpoint() throws {
        let checkpoint = try #require(try state.answer(["log", "checkpoint"])["checkpoint"]?.string)
        try state.installation.folder.write(Array(checkpoint.utf8), to: "tree/checkpoint")
    }

    @Test("takes the revocations that the hot list alone has, and refuses without the newest one")
    func hotList() throws {
        let start: UInt64 = 1_800_000_000
        let object = try #require(
            try state.answer([
                "object", "register", "--kind", "object", "--manager", "91350100M000100Y43", "--category", "bridge",
            ])["subject"]?.string)
        let index = try CopiedState.index(of: try state.answer(["issue", object, "--at", "\(start)"]))
        try state.answer(["publish", "--out", tree, "--at", "\(start)"])
        let old = try ProjectFiles.bytes("\(tree)/status/hot")
        try state.copy(as: "backup")
        try state.answer(["revoke", object, "--at", "\(start + 5)"])
        #expect(try state.answer(["publish", "--out", tree, "--at", "\(start + 10)"])["hot"] == .integer(1))
        #expect(try !CopiedState.isRevoked(index, in: tree))
        try putCheckpoint()
        let newest = try ProjectFiles.bytes("\(tree)/status/hot")
        try state.putBack("backup")
        let words = ["recover", "--published", tree, "--at", "\(start + 20)"]
        var altered = newest
        altered[altered.count - 1] ^= 1
        let bad: [([UInt8]?, String)] = [
            (nil, "published_list_missing"), (old, "published_list_old"), (altered, "published_list_foreign"),
        ]
        for (bytes, code) in bad {
            unsafe unlink("\(tree)/status/hot")
            if let bytes { try state.installation.folder.write(bytes, to: "tree/status/hot") }
            #expect(try state.suishen(words).output.contains("[\(code)]"), "\(code)")
        }
        try state.installation.folder.write(newest, to: "tree/status/hot")
        #expect(try state.answer(words)["revocationsRestored"] == .integer(1))
        // The recovered registry knows all that the tree does, and goes on with it.
        try state.answer(["publish", "--out", tree, "--at", "\(start + 4000)"])
        #expect(try CopiedState.isRevoked(index, in: tree))
        #expect(try state.answer(["publish", "--out", tree, "--at", "\(start + 4001)"])["written"]?.array == [])
    }

    @Test("takes the newest tree, whose bundle is newer than the lists that stayed")
    func olderLists() throws {
        let start: UInt64 = 1_800_000_000
        try state.answer(["publish", "--out", tree, "--at", "\(start)"])
        try state.copy(as: "backup")
        try state.answer(["key", "rotate", "issuer", "--at", "\(start + 5)"])
        let written = try state.answer(["publish", "--out", tree, "--at", "\(start + 10)"])["written"]?.array ?? []
        #expect(written.contains("bundle.cbor") && !written.contains("status/SH-object-lasting.cwt"), "\(written)")
        try putCheckpoint()
        try state.putBack("backup")
        try state.answer(["recover", "--published", tree, "--at", "\(start + 20)"])
        try state.answer(["publish", "--out", tree, "--at", "\(start + 30)"])
    }

    @Test("needs no hot list where every full list is newer than that")
    func newerLists() throws {
        let start: UInt64 = 1_800_000_000
        try state.answer(["publish", "--out", tree, "--at", "\(start)"])
        try state.copy(as: "backup")
        let export = state.installation.folder("export")
        try state.answer(["bundle", "export", "--out", export, "--at", "\(start + 1)"])
        let checkpoint = try #require(try state.answer(["log", "checkpoint"])["checkpoint"]?.string)
        try state.installation.folder.write(Array(checkpoint.utf8), to: "export/checkpoint")
        try state.putBack("backup")
        try state.answer(["recover", "--published", export, "--at", "\(start + 2)"])
        try state.answer(["publish", "--out", tree, "--at", "\(start + 3)"])
    }
}

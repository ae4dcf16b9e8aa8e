import Signing
import Testing

@testable import TraceLog

@Suite("A set of issued codes")
struct IssuedTreeTests {
    static func leaves(_ count: Int, span: UInt64 = 7) throws -> [IssuedLeaf] {
        try (0..<count).map { number in
            let digest = try #require(MerkleHash(DigestAlgorithm.sha256.digest(Array("code \(number)".utf8))))
            return IssuedLeaf(digest: digest, offset: UInt16(number % Int(span)))
        }
    }

    private static func files(_ tree: IssuedTree) -> [[UInt8]] {
        var files: [[UInt8]] = []
        tree.visitFiles { prefix, bytes in
            #expect(Int(prefix) == files.count)
            files.append(bytes)
        }
        return files
    }

    @Test(
        "is cut into files that each prove all of their codes, and have 1,000 or all",
        arguments: [1, 2, 3, 31, 32, 33, 999, 1000, 1999, 2300, 4500, 20_000])
    func files(count: Int) throws {
        let leaves = try Self.leaves(count)
        let tree = IssuedTree(leaves.reversed())
        let statement = tree.statement(minute: 30_000_000, span: 7)
        let act = try statement.act
        #expect(statement.count == UInt64(count) && IssuedStatement(act) == statement)
        let files = Self.files(tree)
        #expect(files.count == 1 << tree.bitCount)
        #expect(count < 20_000 || tree.bitCount >= 3)
        var seen: Set<IssuedLeaf> = []
        for (prefix, bytes) in files.enumerated() {
            let file = try IssuedFile(bytes: bytes)
            try file.check(statement, prefix: UInt16(prefix))
            #expect(file.bytes == bytes)
            let own = file.leaves.filter { statement.prefix(of: $0.digest) == UInt16(prefix) }
            #expect(own.count >= 1000 || files.count == 1)
            #expect(own.allSatisfy { seen.insert($0).inserted })
        }
        #expect(seen == Set(leaves))
        // The root is the one that RFC 6962 gives, without the kept subtrees.
        var plain = TileAccumulator()
        var hasher = MerkleHasher()
        for leaf in leaves.sorted() { plain.append(leaf.hash(&hasher), hasher: &hasher) { _ in } }
        #expect(plain.root(hasher: &hasher) == tree.root)
    }

    @Test("is refused with any byte of a file flipped")
    func flippedBytes() throws {
        let tree = IssuedTree(try Self.leaves(2300))
        let statement = tree.statement(minute: 1, span: 7)
        try #require(tree.bitCount == 1)
        let bytes = Self.files(tree)[1]
        for place in Array(0..<200) + Array(stride(from: 200, to: bytes.count, by: 37)) + [bytes.count - 1] {
            var changed = bytes
            changed[place] ^= 1
            #expect(throws: TraceLogError.self, "byte \(place)") {
                try IssuedFile(bytes: changed).check(statement, prefix: 1)
            }
        }
        #expect(throws: TraceLogError.self) { try IssuedFile(bytes: Array(bytes.dropLast())) }
        #expect(throws: TraceLogError.self) { try IssuedFile(bytes: []) }
    }

    @Test("is refused with a code dropped, added, of another minute, or in the place of another file")
    func changedFiles() throws {
        let leaves = try Self.leaves(2300)
        let tree = IssuedTree(leaves)
        let statement = tree.statement(minute: 1, span: 7)
        let files = Self.files(tree)
        func check(_ bytes: [UInt8], _ prefix: UInt16 = 0) throws {
            try IssuedFile(bytes: bytes).check(statement, prefix: prefix)
        }
        try check(files[0])
        #expect(throws: TraceLogError.self) { try check(files[1]) }
        let dropped = IssuedTree(leaves.filter { $0 != leaves[5] })
        let added = IssuedTree(leaves + [IssuedLeaf(digest: .emptyRoot, offset: 0)])
        let moved = IssuedTree(leaves.dropFirst() + [IssuedLeaf(digest: leaves[0].digest, offset: 6)])
        for other in [dropped, added, moved] {
            for (prefix, bytes) in Self.files(other).enumerated() {
                #expect(throws: TraceLogError.self) { try check(bytes, UInt16(prefix)) }
            }
        }
        // A file that leaves its first own leaf out does not show the leaf beside it.
        let file = try IssuedFile(bytes: files[1])
        let short = IssuedFile(start: file.start + 2, leaves: Array(file.leaves.dropFirst(2)), proof: file.proof)
        #expect(throws: TraceLogError.self) { try check(short.bytes, 1) }
    }

    @Test("is named by paths that are told from all others")
    func paths() throws {
        let statement = IssuedTree(try Self.leaves(2300)).statement(minute: 29_000_000, span: 1440)
        #expect(statement.path(of: 1) == "issued/29000000-1440/0001")
        #expect(IssuedStatement.isPath(statement.path(of: 0xAB)) && IssuedStatement.isPath("issued/index"))
        for other in [
            "issued", "issued/", "issued/../x", "issued/1-1/00", "issued/1-1/000G", "issued/01-1/0000", "issued/1/0000",
            "issued/1-1/0000/", "issued/1-1-1/0000", "issued/index/", "checkpoint", "issued/-1-1/0000",
        ] {
            #expect(!IssuedStatement.isPath(other), "\(other)")
        }
    }

    @Test("is found by a list that comes back from its bytes, and is refused when malformed")
    func list() throws {
        let lines = [(60, 3, 1200, 0, 5), (63, 1, 99_000, 6, 9)].map {
            IssuedIndex.Line(minute: $0, span: $1, count: $2, bitCount: $3, entryIndex: $4)
        }
        let index = IssuedIndex(through: 64, lines: lines.reversed())
        #expect(String(decoding: index.bytes, as: UTF8.self) == "through 64\n60 3 1200 0 5\n63 1 99000 6 9\n")
        #expect(try IssuedIndex(bytes: index.bytes) == index)
        for text in [
            "", "\n", "through 064\n", "through 64", "thru 64\n", "through 64\n60 3 1200 0\n",
            "through 64\n60 0 1 0 5\n",
            "through 64\n60 3 1200 17 5\n", "through 64\n60 3 1 0 5\n62 1 1 0 6\n", "through 64\n60 3 0 0 5\n",
        ] {
            #expect(throws: TraceLogError.self, "\(text)") { try IssuedIndex(bytes: Array(text.utf8)) }
        }
    }
}

import Encoding
import Glibc
import TestSupport
import Testing

@testable import TraceLog

@Suite("Proofs that others made")
struct MerkleVectorTests {
    @Test("hold or are refused as their makers say")
    func vectors() throws {
        let folder = ProjectFiles.shared + "/vectors/merkle"
        guard ProjectFiles.exists(folder) else {
            print("skipped: no vectors at ../shared/vectors/merkle")
            return
        }
        var count = 0
        for path in try FolderWalk.files(below: folder) where path.hasSuffix(".json") {
            let json = try JSONValue.parse(ProjectFiles.bytes(path), byteCountMax: 1 << 20)
            let vector = try #require(json.object)
            let mustFail = vector["wantErr"] == .bool(true)
            let holds = path.contains("/inclusion/") ? Self.included(vector) : Self.consistent(vector)
            #expect(holds == !mustFail, "\(path)")
            count += 1
        }
        print("merkle vectors: \(count) cases ran")
        #expect(count > 80)
    }

    private static func hash(_ value: JSONValue?) -> MerkleHash? {
        guard let text = value?.string, let bytes = try? Base64.decode(text) else { return nil }
        return MerkleHash(bytes)
    }

    private static func number(_ value: JSONValue?) -> UInt64? {
        value?.integer.flatMap(UInt64.init(exactly:))
    }

    private static func path(_ value: JSONValue?) -> [MerkleHash]? {
        guard let items = value?.array else { return [] }
        let hashes = items.compactMap { hash($0) }
        return hashes.count == items.count ? hashes : nil
    }

    private static func included(_ vector: JSONObject) -> Bool {
        guard let index = number(vector["leafIdx"]), let size = number(vector["treeSize"]),
            let root = hash(vector["root"]), let leaf = hash(vector["leafHash"]), let path = path(vector["proof"])
        else { return false }
        return InclusionProof(leafIndex: index, treeSize: size, path: path).isValid(leaf: leaf, root: root)
    }

    private static func consistent(_ vector: JSONObject) -> Bool {
        guard let old = number(vector["size1"]), let new = number(vector["size2"]),
            let oldRoot = hash(vector["root1"]), let newRoot = hash(vector["root2"]), let path = path(vector["proof"])
        else { return false }
        return ConsistencyProof(oldSize: old, newSize: new, path: path).isValid(oldRoot: oldRoot, newRoot: newRoot)
    }
}

/// Every file below a folder, by its path.
enum FolderWalk {
    static func files(below folder: String) throws -> [String] {
        guard let directory = unsafe opendir(folder) else { return [folder] }
        defer { unsafe closedir(directory) }
        var paths: [String] = []
        while let item = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &item.pointee.d_name) { pointer in
                unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            if name != "." && name != ".." { paths += try files(below: folder + "/" + name) }
        }
        return paths
    }
}

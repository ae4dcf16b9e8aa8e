import Encoding
import TestSupport

/// The cases of one file of Wycheproof, each with the group it stands in.
struct WycheproofVector {
    let group: JSONValue
    let test: JSONValue

    var isValid: Bool { test["result"]?.string == "valid" }

    func bytes(_ name: String) throws -> [UInt8] {
        try Hex.decode(test[name]?.string ?? "missing \(name)")
    }

    /// Every case of a file; none, with a line that says so, when the folder is absent.
    static func all(_ file: String) throws -> [WycheproofVector] {
        let path = "\(ProjectFiles.shared)/vectors/wycheproof/\(file)"
        guard ProjectFiles.exists(path) else {
            print("skipped: \(file) is not beside the project")
            return []
        }
        let document = try JSONValue.parse(try ProjectFiles.bytes(path), byteCountMax: 4 << 20)
        let vectors = (document["testGroups"]?.array ?? []).flatMap { group in
            (group["tests"]?.array ?? []).map { WycheproofVector(group: group, test: $0) }
        }
        guard document["numberOfTests"]?.integer == Int64(vectors.count) else {
            throw IncompleteFile(path: path)
        }
        let valid = vectors.count { $0.isValid }
        print("\(file): \(vectors.count) cases, \(valid) valid and \(vectors.count - valid) invalid")
        return vectors
    }
}

/// A file of vectors that holds fewer or more cases than it announces.
struct IncompleteFile: Error {
    let path: String
}

import Encoding

/// The entity tags that the server gave with the files of one generation: the file `fetched.json` beside them.
///
/// They only spare bytes: a wrong tag costs a download or keeps an older file, which is checked like any other.
struct EntityTags: Equatable, Sendable {
    static let name = "fetched.json"
    static let byteCountMax = 4 << 20

    /// The server's address; tags of another server mean nothing.
    let address: String
    /// By the file's path in the generation.
    var tags: [String: String] = [:]

    init(address: String) { self.address = address }

    /// Reads the file's bytes; nil for other bytes, so that every file is fetched again.
    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONValue.parse(bytes, byteCountMax: Self.byteCountMax),
            let address = value["from"]?.string, let entries = value["tags"]?.array
        else { return nil }
        self.address = address
        for entry in entries {
            guard let pair = entry.array, pair.count == 2, let path = pair[0].string, let tag = pair[1].string,
                tag.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else { return nil }
            tags[path] = tag
        }
    }

    func encoded() -> [UInt8] {
        let pairs = tags.sorted { $0.key < $1.key }.map { JSONValue.array([.string($0.key), .string($0.value)]) }
        let value: JSONValue = ["from": .string(address), "tags": .array(pairs)]
        return Array(value.encoded().utf8)
    }
}

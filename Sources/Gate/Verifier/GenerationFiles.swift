/// The files of a generation that may be replaced alone; where one of them is another file, there is a new generation.
struct GenerationFiles: Sendable {
    /// The identities of the files at some instant; nil for one that is not there.
    struct Identities: Equatable, Sendable {
        fileprivate let list: [FileIdentity?]
    }

    private let paths: [String]
    /// The files when the generation was opened.
    private let opened: Identities

    /// Notes the files; call it before they are read, so that a later replacement is noticed.
    init(_ paths: [String]) {
        self.paths = paths
        opened = Self.identities(paths)
    }

    /// The files now.
    var now: Identities { Self.identities(paths) }

    var isUnchanged: Bool { now == opened }

    private static func identities(_ paths: [String]) -> Identities {
        Identities(list: paths.map { FileIdentity(path: $0) })
    }
}

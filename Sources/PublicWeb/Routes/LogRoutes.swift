import Compression
import NIOCore
import TraceLog

/// `/log/…` and `/acts/…`: the published logs in the tlog-tiles layout (C2SP tlog-tiles).
///
/// Below `/acts/issued/` lie the issued codes; nobody's question is logged, and each file is of at least 1,000 codes.
struct LogRoutes: Sendable {
    static let immutable = "public, max-age=31536000, immutable"

    let site: PublicSite
    let log: PublishedLog

    func answer(_ path: [String], to request: WebRequest) async -> WebAnswer {
        do throws(WebError) {
            let name = path.joined(separator: "/")
            if name == PublishedLog.checkpointName { return try await checkpoint() }
            if log.hasIssuedCodes, IssuedStatement.isPath(name) { return try await issued(name) }
            let tile = TilePath(path: name)
            guard tile != nil || HeadsList.parse(path: name) != nil else { throw Self.missing }
            let byteCountMax = EntryBundle.byteCountMax
            guard let bytes = try await log.file(name, byteCountMax: byteCountMax) else { throw Self.missing }
            var answer = WebAnswer(kind: .data, type: "application/octet-stream", bytes: bytes)
            // A tile's content never changes, and neither does a partial one's.
            answer.cacheControl = Self.immutable
            answer.takesRanges = true
            if case .entries = tile?.kind { answer.gzip = site.bundles.gzip(bytes, name: log.name + name) }
            return answer
        } catch {
            return WebAnswer(error: error)
        }
    }

    private func checkpoint() async throws(WebError) -> WebAnswer {
        guard let statement = try await log.checkpoint() else { throw Self.missing }
        return WebAnswer(kind: .data, type: "text/plain; charset=utf-8", bytes: statement.bytes)
    }

    private func issued(_ name: String) async throws(WebError) -> WebAnswer {
        guard let bytes = try await log.file(name, byteCountMax: IssuedFile.byteCountMax) else { throw Self.missing }
        var answer = WebAnswer(kind: .data, type: "application/octet-stream", bytes: bytes)
        // The list grows; a set's file never changes.
        if name != IssuedStatement.indexPath { answer.cacheControl = Self.immutable }
        return answer
    }

    static let missing = WebError(
        .fileMissing, "the published log has no such file",
        hint: "get `checkpoint`, then the tiles of its size by their names in C2SP tlog-tiles")
}

/// The entry bundles that were compressed last.
final class CompressedBundles: Sendable {
    /// A larger bundle is sent as it is.
    private static let byteCountMax = 1 << 20
    /// Twice as many are kept at most.
    private static let countMax = 32

    private let kept = RecentValues<String, ByteBuffer>(countMax: countMax)

    /// A bundle as gzip; nil where that is not worth it.
    func gzip(_ bytes: [UInt8], name: String) -> ByteBuffer? {
        guard (256...Self.byteCountMax).contains(bytes.count) else { return nil }
        if let known = kept[name] { return known }
        guard let packed = try? Deflate.gzip(bytes), packed.count < bytes.count else { return nil }
        let buffer = ByteBuffer(bytes: packed)
        kept[name] = buffer
        return buffer
    }
}

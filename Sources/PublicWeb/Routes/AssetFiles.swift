import Compression
import NIOCore

/// The answers below `/a/`, compressed beforehand.
struct AssetFiles: Sendable {
    private let answers: [String: WebAnswer]

    init(_ assets: Assets) {
        var answers: [String: WebAnswer] = [:]
        for file in assets.files {
            let kind: WebAnswer.Kind = file.type.hasPrefix("text/css") ? .data : .script
            var answer = WebAnswer(kind: kind, type: file.type, bytes: file.bytes)
            answer.cacheControl = LogRoutes.immutable
            answer.gzip = (try? Deflate.gzip(file.bytes)).map { ByteBuffer(bytes: $0) }
            answers[file.path] = answer
        }
        self.answers = answers
    }

    /// The file of a name, which is its digest and its suffix; nil where there is none.
    func answer(_ name: String) -> WebAnswer? { answers[name] }
}

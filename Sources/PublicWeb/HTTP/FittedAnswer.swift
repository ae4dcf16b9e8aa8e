import HTTPTypes
import NIOCore

/// An answer fitted to one request: its condition, its range, its codings, its method (RFC 9110 §13 to §15).
struct FittedAnswer: Sendable {
    /// The seconds after which a client should repeat a request that can succeed later.
    private static let retrySeconds = 5

    let head: HTTPResponse
    let body: ByteBuffer

    init(_ answer: WebAnswer, to request: WebRequest?, _ security: SecurityFields) {
        var fields: HTTPFields = [:]
        security.add(for: answer.kind, isSecure: request?.isSecure == true, to: &fields)
        fields[.cacheControl] = answer.cacheControl
        if let link = answer.link, let name = HTTPField.Name("Link") { fields[name] = link }
        if let location = answer.location { fields[.location] = location }
        if let nonce = answer.nonce, let name = HTTPField.Name("DPoP-Nonce") { fields[name] = nonce }
        if let seconds = answer.dateSeconds { fields[.date] = HTTPDate.text(seconds: seconds) }
        if let allow = answer.allow { fields[.allow] = allow }
        var vary = answer.vary.map { [$0] } ?? []
        if answer.gzip != nil { vary.append("Accept-Encoding") }
        if !vary.isEmpty { fields[.vary] = vary.joined(separator: ", ") }
        if answer.status == 503 || answer.status == 429 { fields[.retryAfter] = String(Self.retrySeconds) }
        if let name = answer.download { fields[.contentDisposition] = "attachment; filename=\"\(name)\"" }
        var body = answer.body
        var status = answer.status
        var tag = answer.tag
        // Parts are parts of the plain file.
        if let gzip = answer.gzip, request?.takesGzip == true, request?.range == nil {
            body = gzip
            tag = tag?.coded("gzip")
            fields[.contentEncoding] = "gzip"
        }
        if let tag { fields[.eTag] = tag.text }
        if let tag, status == 200, tag.isListed(in: request?.ifNoneMatch) {
            fields[.contentEncoding] = nil
            (head, self.body) = (HTTPResponse(status: .notModified, headerFields: fields), ByteBuffer())
            return
        }
        fields[.contentType] = answer.type
        if answer.takesRanges, status == 200 {
            fields[.acceptRanges] = "bytes"
            switch Self.range(of: request, tag, byteCount: body.readableBytes) {
            case .whole: break
            case .part(let part):
                status = 206
                fields[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(body.readableBytes)"
                body = body.getSlice(at: body.readerIndex + part.lowerBound, length: part.count) ?? ByteBuffer()
            case .unsatisfiable:
                status = 416
                fields[.contentRange] = "bytes */\(body.readableBytes)"
                fields[.eTag] = nil
                fields[.contentType] = nil
                body = ByteBuffer()
            }
        }
        fields[.contentLength] = String(body.readableBytes)
        head = HTTPResponse(status: HTTPResponse.Status(code: status), headerFields: fields)
        self.body = request?.method == .head ? ByteBuffer() : body
    }

    /// The range counts for GET alone, and where `If-Range` has exactly this tag (RFC 9110 §13.1.5, §14.2).
    private static func range(of request: WebRequest?, _ tag: EntityTag?, byteCount: Int) -> ByteRange {
        guard let request, request.method == .get,
            request.ifRange == nil || (tag != nil && request.ifRange == tag?.text)
        else { return .whole }
        return ByteRange(request.range, byteCount: byteCount)
    }
}

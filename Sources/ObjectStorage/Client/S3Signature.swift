import Encoding
import Signing

/// The signature of one request: AWS Signature Version 4 for S3, the payload in a single chunk.
struct S3Signature {
    private static let algorithm = "AWS4-HMAC-SHA256"
    private static let service = "s3"

    let credentials: S3Credentials
    let region: String

    /// One request as it is signed.
    struct Request: Sendable {
        let method: String
        /// The path as it is sent, percent-encoded.
        let path: String
        /// The query's parameters, not encoded, in any order.
        var query: [(name: String, value: String)] = []
        /// Every header field except those that this signature adds.
        var fields: [(name: String, value: String)]
        /// The body; empty for none.
        var body: [UInt8] = []

        /// The query as it is sent and signed: encoded and sorted; empty without parameters.
        var encodedQuery: String {
            query.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
                .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
        }
    }

    /// Signs a request.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - seconds: the time, in seconds since 1970-01-01T00:00:00Z; services refuse 15 minutes off.
    /// - Returns: the fields to send: the request's own, the time, the body's digest and the authorization.
    func fields(of request: Request, at seconds: UInt64) -> [(name: String, value: String)] {
        let time = Self.time(seconds)
        let digest = Hex.encode(DigestAlgorithm.sha256.digest(request.body))
        let fields = request.fields + [("x-amz-content-sha256", digest), ("x-amz-date", time)]
        let signed = fields.map { ($0.name.lowercased(), $0.value) }.sorted { $0.0 < $1.0 }
        let names = signed.map(\.0).joined(separator: ";")
        let canonical = [
            request.method, request.path, request.encodedQuery, signed.map { "\($0.0):\($0.1)\n" }.joined(), names,
            digest,
        ].joined(separator: "\n")
        let day = String(time.prefix(8))
        let scope = "\(day)/\(region)/\(Self.service)/aws4_request"
        let text = [
            Self.algorithm, time, scope, Hex.encode(DigestAlgorithm.sha256.digest(Array(canonical.utf8))),
        ].joined(separator: "\n")
        var key = credentials.signingKey(day: day, region: region, service: Self.service)
        defer { SecretFile.wipe(&key) }
        let signature = Hex.encode(HMAC.code(.sha256, key: key, message: Array(text.utf8)))
        let authorization =
            "\(Self.algorithm) Credential=\(credentials.accessKey)/\(scope),SignedHeaders=\(names),"
            + "Signature=\(signature)"
        return fields + [("Authorization", authorization)]
    }

    /// A time in ISO 8601's basic form, such as `20130524T000000Z`.
    ///
    /// The day is counted as in "chrono-Compatible Low-Level Date Algorithms": eras of 400 years that begin in March.
    static func time(_ seconds: UInt64) -> String {
        let (days, rest) = (Int(seconds / 86_400), Int(seconds % 86_400))
        let shifted = days + 719_468
        let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = padded(year, 4) + padded(month, 2) + padded(day, 2)
        return date + "T" + padded(rest / 3600, 2) + padded(rest / 60 % 60, 2) + padded(rest % 60, 2) + "Z"
    }

    private static func padded(_ number: Int, _ count: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}

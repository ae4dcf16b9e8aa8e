import Testing

@testable import ObjectStorage

@Suite("A signature of a request to S3")
struct S3SignatureTests {
    /// The keys and the time of Amazon's examples ("Signature Calculations for the Authorization Header: Transferring
    /// Payload in a Single Chunk", AWS Signature Version 4).
    private static let credentials = """
        aws_access_key_id = AKIAIOSFODNN7EXAMPLE
        aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
        """
    private static let moment: UInt64 = 1_369_353_600
    private static let host = (name: "Host", value: "examplebucket.s3.amazonaws.com")

    private struct Example: Sendable {
        let name: String
        let request: S3Signature.Request
        let signedFields: String
        let signature: String
    }

    private static let published = [
        Example(
            name: "GET object",
            request: .init(method: "GET", path: "/test.txt", fields: [host, ("Range", "bytes=0-9")]),
            signedFields: "host;range;x-amz-content-sha256;x-amz-date",
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        Example(
            name: "PUT object",
            request: .init(
                method: "PUT", path: "/test%24file.text",
                fields: [
                    host, ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
                    ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
                ], body: Array("Welcome to Amazon S3.".utf8)),
            signedFields: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        Example(
            name: "GET bucket lifecycle",
            request: .init(method: "GET", path: "/", query: [("lifecycle", "")], fields: [host]),
            signedFields: "host;x-amz-content-sha256;x-amz-date",
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        Example(
            name: "GET bucket (list objects)",
            request: .init(method: "GET", path: "/", query: [("prefix", "J"), ("max-keys", "2")], fields: [host]),
            signedFields: "host;x-amz-content-sha256;x-amz-date",
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ]

    private static func authorization(
        _ request: S3Signature.Request, _ text: String = credentials, region: String = "us-east-1",
        at seconds: UInt64 = moment
    ) throws -> String {
        let signer = S3Signature(credentials: try S3Credentials(bytes: Array(text.utf8)), region: region)
        return try #require(
            signer.fields(of: request, at: seconds).first { $0.name == "Authorization" }?.value)
    }

    @Test("is Amazon's own for its published examples", arguments: 0..<4)
    func examples(number: Int) throws {
        let example = Self.published[number]
        #expect(
            try Self.authorization(example.request)
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                + "SignedHeaders=\(example.signedFields),Signature=\(example.signature)",
            "\(example.name)")
    }

    @Test("is another one for every other part of the request, key, region and time")
    func parts() throws {
        let base = S3Signature.Request(
            method: "PUT", path: "/a", query: [("b", "c")], fields: [Self.host, ("If-Match", "\"d\"")], body: [1, 2])
        var signatures: Set<String> = []
        var count = 0
        func differs(_ authorization: String) {
            count += 1
            signatures.insert(authorization.split(separator: "Signature=").last.map(String.init) ?? "")
        }
        differs(try Self.authorization(base))
        for index in base.body.indices {
            var body = base.body
            body[index] ^= 1
            differs(
                try Self.authorization(
                    .init(method: "PUT", path: "/a", query: base.query, fields: base.fields, body: body)))
        }
        for (method, path, query, fields) in [
            ("GET", "/a", base.query, base.fields), ("PUT", "/b", base.query, base.fields),
            ("PUT", "/a", [("b", "d")], base.fields), ("PUT", "/a", [], base.fields),
            ("PUT", "/a", base.query, [Self.host]), ("PUT", "/a", base.query, [Self.host, ("If-Match", "\"e\"")]),
        ] as [(String, String, [(name: String, value: String)], [(name: String, value: String)])] {
            differs(
                try Self.authorization(
                    .init(method: method, path: path, query: query, fields: fields, body: base.body)))
        }
        differs(try Self.authorization(base, region: "us-east-2"))
        differs(try Self.authorization(base, at: Self.moment + 1))
        differs(try Self.authorization(base, at: Self.moment + 86_400))
        differs(try Self.authorization(base, Self.credentials.replacing("EXAMPLEKEY", with: "EXAMPLEKEZ")))
        #expect(signatures.count == count)
    }

    @Test(
        "states the time in ISO 8601",
        arguments: [
            (0, "19700101T000000Z"), (951_782_399, "20000228T235959Z"), (951_782_400, "20000229T000000Z"),
            (951_868_800, "20000301T000000Z"), (1_369_353_600, "20130524T000000Z"),
            (1_798_761_599, "20261231T235959Z"), (4_107_542_399, "21000228T235959Z"),
            (4_107_542_400, "21000301T000000Z"),
        ] as [(UInt64, String)])
    func time(seconds: UInt64, text: String) {
        #expect(S3Signature.time(seconds) == text)
    }
}

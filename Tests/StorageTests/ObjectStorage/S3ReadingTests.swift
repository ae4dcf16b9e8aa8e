import Storage
import Testing

@testable import ObjectStorage

@Suite("What comes from settings and from object storage")
struct S3ReadingTests {
    @Test(
        "takes addresses by path and by host",
        arguments: [
            ("s3://bucket", "https://s3.example", "", "s3.example", "/bucket/", "/bucket"),
            (
                "s3://bucket/a/B_c.d-1", "https://s3.example:9000", "a/B_c.d-1/", "s3.example:9000", "/bucket/",
                "/bucket"
            ),
            ("s3://bucket/a", "https://*.s3.example", "a/", "bucket.s3.example", "/", "/"),
            ("s3://bu.cket", "http://localhost:80", "", "localhost", "/bu.cket/", "/bu.cket"),
            ("s3://bu.cket", "http://[::1]:5000", "", "[::1]:5000", "/bu.cket/", "/bu.cket"),
        ])
    func places(location: String, endpoint: String, prefix: String, host: String, path: String, bucket: String) throws {
        let place = try #require(S3Place(location, endpoint: endpoint, region: "eu-central-1"))
        #expect(place.prefix == prefix && place.host == host && place.pathPrefix == path && place.bucketPath == bucket)
    }

    @Test(
        "refuses other places",
        arguments: [
            ("bucket", "https://h", "r"), ("s3://", "https://h", "r"), ("s3://bu", "https://h", "r"),
            ("s3://Bucket", "https://h", "r"), ("s3://-bucket", "https://h", "r"), ("s3://a..b", "https://h", "r"),
            ("s3://bucket/", "https://h", "r"), ("s3://bucket/a//b", "https://h", "r"),
            ("s3://bucket/../b", "https://h", "r"), ("s3://bucket/.a", "https://h", "r"),
            ("s3://bucket/a b", "https://h", "r"), ("s3://bucket/a%2f", "https://h", "r"),
            ("s3://bucket/" + String(repeating: "a", count: 200), "https://h", "r"),
            ("s3://bucket", "http://other.example", "r"), ("s3://bucket", "https://h/prefix", "r"),
            ("s3://bucket", "https://u@h", "r"), ("s3://bucket", "ftp://h", "r"),
            ("s3://bucket", "http://*.127.0.0.1", "r"), ("s3://bucket", "https://*.*.h", "r"),
            ("s3://bu.cket", "https://*.h", "r"),
            ("s3://bucket", "https://h", ""), ("s3://bucket", "https://h", "a/b"), ("s3://bucket", "https://h", "A"),
        ])
    func refusedPlaces(location: String, endpoint: String, region: String) {
        #expect(S3Place(location, endpoint: endpoint, region: region) == nil)
    }

    @Test("reads a credentials file, and refuses others without a word of their content")
    func credentials() throws {
        let secret = "s3cret/+="
        let read = try S3Credentials(
            bytes: Array("# a\r\n[default]\r\n aws_secret_access_key=\(secret)\r\n\taws_access_key_id = AK1\r\n".utf8))
        #expect(read.accessKey == "AK1")
        var shown = ""
        dump(read, to: &shown)
        #expect(!"\(shown)\(read)\(String(reflecting: read))".contains(secret))
        let lines = ["aws_access_key_id = A", "aws_secret_access_key = \(secret)"]
        for text in [
            "", lines[0], lines[1], secret, lines.joined(separator: "\n") + "\n" + lines[1],
            lines.joined(separator: "\n") + "\nregion = a", "\(lines[0])\naws_secret_access_key = ",
            "\(lines[0])\naws_secret_access_key = \(secret) \(secret)", "aws_access_key_id = A/B\n\(lines[1])",
            "\(lines[0])\naws_secret_access_key = " + String(repeating: "s", count: 257),
        ] {
            let error = #expect(throws: LogError.self) { try S3Credentials(bytes: Array(text.utf8)) }
            #expect(error?.code == .tilesCredentials && error?.hint.isEmpty == false)
            #expect(error.map { "\($0)".contains(secret) } == false)
        }
    }

    @Test("reads the elements of an answer")
    func markup() throws {
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <List xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
              <Name a='>'>b&amp;&#x41;&#66;&lt;</Name><Empty/><Deep><Key>k1</Key></Deep><Deep><Key>k2</Key></Deep>
            </List>

            """
        let markup = try #require(S3Markup(bytes: Array(text.utf8)))
        #expect(markup.text(at: "List", "Name") == "b&AB<")
        #expect(markup.text(at: "List", "Empty")?.isEmpty == true)
        #expect(markup.texts(at: "List", "Deep", "Key") == ["k1", "k2"])
        #expect(markup.text(at: "List", "Deep") == nil && markup.text(at: "Name") == nil)
        // Whatever is cut off is refused, up to the line feeds at the end.
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count - 2 { #expect(S3Markup(bytes: Array(bytes.prefix(count))) == nil) }
    }

    @Test(
        "refuses what is no such answer",
        arguments: [
            "", "a", "<a>", "<a></b>", "<a/><b/>", "<a/>b", "<a>&bomb;</a>", "<a>&amp</a>", "<a>&#0;</a>",
            "<a>&#xD800;</a>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<a><!-- b --></a>",
            "<a><![CDATA[b]]></a>",
            "<a b=\"></a>", "<a <b/></a>", "</a>", "<a></a></a>", "< a/>",
            "<a><a><a><a><a><a><a><a><a/></a></a></a></a></a></a></a></a>",
            "<\(String(repeating: "a", count: 65))/>",
        ])
    func refusedMarkup(text: String) {
        #expect(S3Markup(bytes: Array(text.utf8)) == nil)
    }

    @Test("refuses an answer that is not UTF-8 or too long")
    func bytes() {
        #expect(S3Markup(bytes: Array("<a>".utf8) + [0xFF] + Array("</a>".utf8)) == nil)
        let long = [UInt8](repeating: 0x20, count: S3Markup.byteCountMax)
        #expect(S3Markup(bytes: Array("<a/>".utf8) + long) == nil)
        #expect(S3Markup(bytes: Array("<a/>".utf8) + long.dropLast(4)) != nil)
    }
}

import ForeignCodes
import TestSupport
import Testing

@testable import Gate
@testable import Platform

@Suite("A medical-insurance link")
struct MedicalLinkTests {
    private static let caller = MedicalLinkCaller(
        orgId: "H31010100001", businessType: "01101", operatorId: "op-1", officeId: "of-1")

    private func link(_ authority: MedicalAuthority, timeoutMilliseconds: Int = 5000) throws -> MedicalLink {
        let endpoint = try #require(HTTPEndpoint(authority.address))
        return MedicalLink(endpoint: endpoint, caller: Self.caller, timeoutMilliseconds: timeoutMilliseconds)
    }

    private func code(_ digits: String = MedicalAuthority.code) throws -> MedicalInsuranceCode {
        try #require(MedicalInsuranceCode(digits))
    }

    @Test("resolves a known code, by port and by socket", arguments: [false, true])
    func resolves(onSocket: Bool) throws {
        let authority = try MedicalAuthority([], onSocket: onSocket)
        let person = try link(authority).resolve(try code(), at: 0)
        #expect(person.insuredId == Array(1...12))
        #expect(person.region == "310101")
        #expect(person.isActive)
    }

    @Test("says that an unknown code entitles to nothing")
    func unknown() throws {
        let authority = try MedicalAuthority([])
        let error = #expect(throws: MedicalLinkError.self) {
            try link(authority).resolve(try code("4249999999999999999999310000"), at: 0)
        }
        #expect(error?.code == .noEntitlement)
    }

    @Test("never accepts when the service fails", arguments: ["slow", "error", "garbage", "drop", "drip"])
    func failures(mode: String) throws {
        let authority = try MedicalAuthority(["--mode", mode, "--delay", "0.5"])
        let error = #expect(throws: MedicalLinkError.self) {
            try link(authority, timeoutMilliseconds: 150).resolve(try code(), at: 0)
        }
        #expect(error?.code == .linkUnavailable)
    }

    @Test("asks once more after one failure, and no more than that", arguments: [(1, true), (2, false)])
    func retries(failures: Int, succeeds: Bool) throws {
        let authority = try MedicalAuthority(["--mode", "error", "--fail-first", "\(failures)"])
        let link = try link(authority)
        let answer = Result { try link.resolve(try code(), at: 0) }
        #expect(((try? answer.get()) != nil) == succeeds)
    }

    @Test("is left alone after failures in a row, and tried again after the pause")
    func breaker() throws {
        let authority = try MedicalAuthority(["--mode", "error", "--fail-first", "6"])
        let link = try link(authority)
        for _ in 0..<CircuitBreaker.failureCountMax {
            #expect(throws: MedicalLinkError.self) { try link.resolve(try code(), at: 100) }
        }
        // The service would answer by now; the pause is what keeps it from being asked.
        #expect(throws: MedicalLinkError.self) { try link.resolve(try code(), at: 129) }
        #expect(try link.resolve(try code(), at: 130).isActive)
    }

    @Test("with nobody there is unavailable")
    func nobody() throws {
        for address in ["http://127.0.0.1:1", "unix:/tmp/no-such-socket-here"] {
            let endpoint = try #require(HTTPEndpoint(address))
            let error = #expect(throws: MedicalLinkError.self) {
                try MedicalLink(endpoint: endpoint, caller: Self.caller).resolve(try code(), at: 0)
            }
            #expect(error?.code == .linkUnavailable)
        }
    }

    @Test(
        "takes no text that is not 28 digits of a province",
        arguments: [
            "", "424", "4240123456789012345678310000 ", "424012345678901234567831000", "5240123456789012345678310000",
            "4240123456789012345678990000", "42401234567890123456783１0000", "424012345678901234567831000x",
        ])
    func malformed(text: String) {
        #expect(MedicalInsuranceCode(text) == nil)
        #expect(MedicalInsuranceCode(MedicalAuthority.code)?.province == 31)
    }

    @Test(
        "takes no address at which anybody on the way could answer, or that two readers could take differently",
        arguments: [
            "http://", "https://", "http://u@localhost/", "https://u:p@h/", "http://127.0.0.1:99999", "relative",
            "http://localhost /", "ftp://h", "http://h/", "http://10.0.0.1", "http://127.1", "http://127.0.0.1.h",
            "http://0", "http://2130706433", "http://[::2]", "http://[::ffff:127.0.0.1]", "http://[h]",
            "https://h#@127.0.0.1", "https://h?q", "https://h/?q", "https://h/#f", "https://h\\@127.0.0.1",
            "https://h:",
            "https://h:0", "https://h:+1", "https://h:80:80", "https://::1", "http:/localhost", "unix:relative",
        ])
    func addresses(text: String) {
        #expect(HTTPEndpoint(text) == nil)
    }

    @Test("takes TLS to every host, and http to this machine")
    func goodAddresses() throws {
        for (text, isSecure, host, port, prefix) in [
            ("http://[::1]:80/a/", false, "::1", 80, "/a"), ("HTTP://127.9.8.7", false, "127.9.8.7", 80, ""),
            ("http://LOCALHOST:8080/", false, "LOCALHOST", 8080, ""),
            ("https://h.example/x", true, "h.example", 443, "/x"),
            ("https://[2001:db8::1]:8443", true, "2001:db8::1", 8443, ""),
        ] as [(String, Bool, String, UInt16, String)] {
            guard case .remote(let address) = HTTPEndpoint(text) else {
                Issue.record("\(text) is refused")
                continue
            }
            #expect(address.isSecure == isSecure && address.host == host)
            #expect(address.port == port && address.prefix == prefix)
        }
    }

    @Test(
        "refuses answers that are framed in no one way",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n{}",
            "HTTP/2 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n",
        ])
    func framing(answer: String) {
        #expect(throws: HTTPExchangeError.self) { try Self.read(answer.utf8, isEnded: true) }
    }

    private static func read(_ bytes: some Collection<UInt8>, isEnded: Bool = false) throws -> HTTPResponse? {
        var whole = HTTPResponseReader(bodyByteCountMax: HTTPExchange.bodyByteCountMax)
        whole.append(bytes)
        let answer = try whole.response(isEnded: isEnded)
        // The same answer byte by byte.
        var reader = HTTPResponseReader(bodyByteCountMax: HTTPExchange.bodyByteCountMax)
        var stepwise: HTTPResponse?
        for byte in bytes {
            reader.append([byte])
            stepwise = try reader.response()
        }
        if stepwise == nil { stepwise = try reader.response(isEnded: isEnded) }
        #expect(stepwise == answer)
        return answer
    }

    @Test("reads an answer in chunks")
    func chunks() throws {
        let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
        #expect(try Self.read(answer.utf8)?.body == Array("{}".utf8))
        #expect(try Self.read(answer.utf8.dropLast(8)) == nil)
    }
}

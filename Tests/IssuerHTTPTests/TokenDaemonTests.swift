import Encoding
import Glibc
import IssuerInterface
import Issuing
import Platform
import Synchronization
import TestSupport
import Testing

@Suite("A daemon whose keys are in a token")
struct TokenDaemonTests {
    private func code(_ body: () throws -> JSONValue) -> String? {
        do {
            _ = try body()
            return nil
        } catch let error as any CodedError {
            return error.codeText
        } catch {
            return "\(error)"
        }
    }

    /// Asks until the answer is there; gives the milliseconds that it took, or nil after half a minute.
    private func wait(_ ask: () throws -> JSONValue) -> UInt64? {
        let start = MonotonicClock.milliseconds()
        while MonotonicClock.milliseconds() - start < 30_000 {
            if code(ask) == nil { return UInt64(MonotonicClock.milliseconds() - start) }
            usleep(50_000)
        }
        return nil
    }

    @Test("answers 503 while the token is away, and signs again without a restart")
    func outage() throws {
        let made = try TokenInstallation()
        let daemon = try made.daemon()
        let client = try IssuerClient(path: daemon.socket)
        let object = JSONValue.string(try client.registerBridge())
        let issue = { try client.ask(.issue, ["subject": object]) }
        _ = try issue()
        made.token.takeAway()
        #expect(code(issue) == "key_unavailable")
        let codes = (0..<30).map { _ -> String? in
            usleep(100_000)
            return code(issue)
        }
        #expect(codes.allSatisfy { $0 == "key_unavailable" }, "\(codes)")
        let answer = try daemon.curl([
            "-i", "-X", "POST", "-H", "content-type: application/json", "-d", "{\"subject\":\(object.encoded())}",
            "http://suishend/v1/codes",
        ]).output
        #expect(answer.contains(" 503 ") && answer.lowercased().contains("retry-after:"), "\(answer)")
        #expect(answer.contains("\"code\":\"key_unavailable\""))
        // What needs no key goes on.
        _ = try client.registerBridge()
        made.token.putBack()
        let back = try #require(wait(issue))
        print("signs again after \(back) ms")
        #expect(back < 10_000)
        let text = try #require(try issue()["text"]?.string)
        #expect(try made.verdict(text)["code"] == "ok")
        #expect(daemon.end(SIGTERM) == 0)
    }

    @Test("starts while the token is away, and signs once it is there")
    func lateToken() throws {
        let made = try TokenInstallation()
        made.token.takeAway()
        let daemon = try made.daemon()
        #expect(try daemon.diagnostics.contains("[key_unavailable]"))
        let client = try IssuerClient(path: daemon.socket)
        let object = JSONValue.string(try client.registerBridge())
        #expect(code { try client.ask(.issue, ["subject": object]) } == "key_unavailable")
        made.token.putBack()
        #expect(wait { try client.ask(.issue, ["subject": object]) } != nil)
        #expect(daemon.end(SIGTERM) == 0)
    }

    @Test("tries a wrong PIN once, and takes the right one without a restart")
    func wrongPIN() throws {
        let made = try TokenInstallation(isSpied: true)
        let before = try made.loginCount()
        try made.setPIN("9999999")
        let daemon = try made.daemon()
        #expect(try daemon.diagnostics.contains("[token_pin_refused]"))
        let client = try IssuerClient(path: daemon.socket)
        let object = JSONValue.string(try client.registerBridge())
        for _ in 0..<3 {
            usleep(1_200_000)
            #expect(code { try client.ask(.issue, ["subject": object]) } == "token_pin_refused")
        }
        #expect(try made.loginCount() == before + 1)
        #expect(try !daemon.diagnostics.contains("9999999"))
        try made.setPIN(SoftToken.pin)
        #expect(wait { try client.ask(.issue, ["subject": object]) } != nil)
        #expect(try made.loginCount() == before + 2)
        #expect(daemon.end(SIGTERM) == 0)
    }

    @Test("does not start with a key that is not trusted, and does not sign with another one of the token's")
    func otherKey() throws {
        let made = try TokenInstallation()
        try made.edit("cd $DIR/keys; mv issuer.pem i; mv status.pem issuer.pem; mv i status.pem")
        let outcome = try made.run("suishend", ["--state", made.state])
        #expect(outcome.status != 0 && outcome.diagnostics.contains("[key_missing]"), "\(outcome)")
        try made.edit("cd $DIR/keys; mv issuer.pem i; mv status.pem issuer.pem; mv i status.pem")
        // The public key stays, and the first line names another key of the token.
        try made.edit(
            "cd $DIR/keys; chmod u+w issuer.pem; (head -1 status.pem; tail -n +2 issuer.pem) > i; cat i > issuer.pem; "
                + "rm i; chmod 0400 issuer.pem")
        let check = try made.run("suishend", ["--state", made.state, "--check-config"])
        #expect(check.status == 1 && check.diagnostics.contains("[token_key_missing]"), "\(check)")
        let daemon = try made.daemon()
        let client = try IssuerClient(path: daemon.socket)
        let object = JSONValue.string(try client.registerBridge())
        let code = code { try client.ask(.issue, ["subject": object]) }
        #expect(code == "key_unavailable" || code == "token_key_missing", "\(code ?? "")")
        #expect(daemon.end(SIGTERM) == 0)
    }

    @Test("signs for many callers at once")
    func manyCallers() throws {
        let made = try TokenInstallation()
        let daemon = try made.daemon()
        let client = try IssuerClient(path: daemon.socket)
        let object = try client.registerBridge()
        let socket = daemon.socket
        let issued = Mutex<Set<String>>([])
        let threads = (0..<16).map { _ in
            RunningThread {
                guard let client = try? IssuerClient(path: socket) else { return }
                for _ in 0..<20 {
                    let text = try? client.ask(.issue, ["subject": .string(object)])["text"]?.string
                    if let text { issued.withLock { _ = $0.insert(text) } }
                }
            }
        }
        threads.forEach { $0.join() }
        #expect(issued.withLock { $0.count } == 320)
        let text = try #require(try client.ask(.issue, ["subject": .string(object)])["text"]?.string)
        #expect(try made.verdict(text)["code"] == "ok")
    }
}

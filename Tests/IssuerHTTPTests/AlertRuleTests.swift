import Glibc
import IssuerTestSupport
import Issuing
import Signing
import TestSupport
import Testing
import TraceLog

/// The alarms for Prometheus in tools/alerts.
@Suite("The alarms", .enabled(if: PrometheusTool.isInstalled))
struct AlertRuleTests {
    private static let folder = ProjectFiles.root + "/tools/alerts"

    @Test("are rules of Prometheus, and each is raised when it must be, and not otherwise")
    func rules() throws {
        try PrometheusTool.run(["check", "rules", "\(Self.folder)/suishen.rules.yml"])
        try PrometheusTool.run(["test", "rules", "\(Self.folder)/suishen.test.yml"])
    }

    @Test("each have a series for which they are raised")
    func raised() throws {
        let rules = try Self.text("suishen.rules.yml")
        let names = Set(rules.matches(of: /alert: (\w+)/).map { String($0.1) })
        let tests = try Self.text("suishen.test.yml")
        #expect(names.count > 15)
        #expect(Set(tests.matches(of: /alertname="(\w+)"/).map { String($0.1) }) == names)
        #expect(names.isSubset(of: Set(tests.matches(of: /alertname: (\w+), .*exp_alerts: \[\]/).map { String($0.1) })))
    }

    @Test("name metrics that a daemon has, or that a named exporter has")
    func metrics() throws {
        let expressions = try Self.text("suishen.rules.yml").matches(of: /expr: (.*)/).map { String($0.1) }
        let names = Set(expressions.flatMap { $0.matches(of: /\b[a-z]+_[a-z_]+\b/).map { String($0.0) } })
            .subtracting(["predict_linear"])
        // The exporters that the file names: of PostgreSQL, Patroni and the database's hosts.
        let own = names.filter { name in !["pg_", "patroni_", "node_"].contains { name.hasPrefix($0) } }
        #expect(own.count > 10 && own.allSatisfy { $0.hasPrefix("suishend_") })
        let metrics = try Self.metricsOfADaemon()
        for name in own { #expect(metrics.contains("\n# TYPE \(name) "), "\(name)") }
    }

    /// The metrics of a daemon that publishes a tree and asks a witness, which is down.
    private static func metricsOfADaemon() throws -> String {
        let place = try WitnessedDaemon()
        var settings = try Settings(contentsOf: place.installation.state.settings)
        settings.publish = place.installation.folder("tree")
        try place.installation.write(settings)
        let witness = try NoteKey(
            name: "witness", kind: .cosignature, key: SigningKey.generate(.ed25519).verificationKey)
        try place.start([(witness, "http://127.0.0.1:9/")], quorum: 1)
        let daemon = try #require(place.daemon)
        var text = ""
        // The first look comes with the first pass of the daemon's upkeep.
        for _ in 0..<600 {
            text = try daemon.curl(["http://d/metrics"]).output
            if text.contains("\nsuishend_storage_up ") { return text }
            usleep(20_000)
        }
        return text
    }

    private static func text(_ name: String) throws -> String {
        String(decoding: try ProjectFiles.bytes("\(folder)/\(name)"), as: UTF8.self)
    }
}

/// `promtool` of Debian's package prometheus.
private enum PrometheusTool {
    private static let path = "/usr/bin/promtool"

    /// Whether it is there; installed first where this user may do that.
    static let isInstalled: Bool = {
        if !ProjectFiles.exists(path), geteuid() == 0 {
            _ = try? Program(path: "/bin/bash").run(["\(ProjectFiles.root)/tools/setup", "--tests"])
        }
        if !ProjectFiles.exists(path) { print("skips promtool: run tools/setup --tests") }
        return ProjectFiles.exists(path)
    }()

    static func run(_ words: [String]) throws {
        let outcome = try Program(path: path).run(words)
        #expect(outcome.status == 0, "\(outcome)")
    }
}

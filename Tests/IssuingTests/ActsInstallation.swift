import Credential
import Encoding
import Foundation
import Gate
import IssuerTestSupport
import Signing
import Storage
import TestSupport
import Testing
import TraceLog

@testable import Issuing

/// An installation whose log of acts tests read as an auditor does.
struct ActsInstallation {
    static let start: UInt64 = 1_800_000_000
    let installation: Installation
    let service: IssuingService

    init() throws {
        installation = try Installation()
        service = try installation.open()
    }

    init(_ installation: Installation) throws {
        self.installation = installation
        service = try installation.open()
    }

    init(_ installation: Installation, _ service: IssuingService) {
        self.installation = installation
        self.service = service
    }

    var folder: String { installation.state.path + "/acts" }
    var key: NoteKey { service.actsLog.key }

    /// Does what the daemon does every few seconds, and publishes.
    func keep(at time: UInt64) async throws {
        try await service.keepActs(atMilliseconds: time * 1000, chainsTrail: true)
        try await service.actsLog.publish()
    }

    /// The published entries, each with its index.
    func entries() throws -> [(index: UInt64, entry: Entry)] {
        let size = try #require(try service.actsLog.publishedCheckpoint()).checkpoint.size
        return try service.actsLog.store.entries(0..<size).map { ($0.index, try Entry.decode($0.bytes[...])) }
    }

    /// The published acts in their order.
    func acts() throws -> [Act] {
        try entries().compactMap { if case .act(let act) = $0.entry.event { act } else { nil } }
    }

    func audit() async throws -> AuditReport {
        var options = AuditOptions()
        options.key = key
        return try await Auditor(source: LogFolderSource(folder: folder), options: options).audit().report
    }

    func auditIssued() async throws -> (report: AuditReport, note: SignedNote?, codeCount: UInt64) {
        var options = AuditOptions()
        options.key = key
        let source = LogFolderSource(folder: folder)
        return try await Auditor(source: source, options: options).auditIssuances(in: source)
    }

    /// Audits the trail with lines that a test may have changed.
    func auditTrail(_ change: (inout [JSONValue]) -> Void = { _ in }) async throws -> (AuditReport, UInt64) {
        let found = try await trailOutcome(change)
        return (found.report, found.newLineCount)
    }

    func trailOutcome(_ change: (inout [JSONValue]) -> Void = { _ in }) async throws -> TrailAudit {
        var lines = try #require(try service.auditTrail(after: 0, limit: 10_000)["lines"]?.array)
        change(&lines)
        var options = AuditOptions()
        options.key = key
        var left = lines[...]
        return try await Auditor(source: LogFolderSource(folder: folder), options: options).auditTrail {
            try left.popFirst().map { try TrailLine(json: Array($0.encoded().utf8), byteCountMax: 1 << 20) }
        }
    }

    func person(_ number: String = "11010519491231002X") async throws -> String {
        try #require(try await service.ask(.registerPerson, ["residentId": .string(number)])["subject"]?.string)
    }

    func object() async throws -> String {
        let body: JSONValue = ["kind": "object", "manager": "91350100M000100Y43", "category": "elevator"]
        return try #require(try await service.ask(.registerObject, body)["subject"]?.string)
    }

    func issue(_ subject: String, _ more: JSONObject = [:], at time: UInt64 = start) async throws -> String {
        var body = more
        body["subject"] = .string(subject)
        return try #require(try await service.ask(.issue, .object(body), at: time)["text"]?.string)
    }

    /// Issues many codes of objects in one commit after another.
    func issueMany(_ count: Int, of subject: String, at time: UInt64 = start) async throws -> [String] {
        var texts: [String] = []
        for _ in 0..<count { texts.append(try await issue(subject, at: time)) }
        return texts
    }

    func check(_ text: String, at time: UInt64, in folder: String? = nil) throws -> IssuanceResult {
        try IssuanceCheck(log: folder ?? self.folder, key: key.vkey).result(of: text, at: time)
    }

    /// A code that somebody made with the issuer's key file, outside the service.
    func rogue(at time: UInt64 = start) throws -> String {
        let key = try SigningKey(contentsOf: installation.state.key(KeyRole.issuer.firstFile))
        let claims = ObjectClaims(
            kind: .object, id: [9, 9, 9, 9, 9, 9, 9, 9], category: 1,
            manager: try USCC("91350100M000100Y43"), location: nil, statusIndex: 77)
        let issuer = CredentialIssuer(issuer: service.settings.issuer, key: key)
        return try issuer.issue(.object(claims), issuedAt: time, expiresAt: nil).text(host: service.settings.host)
    }

    /// Every file below the published folder, one after another.
    func publishedBytes() throws -> [UInt8] {
        let names = try #require(FileManager.default.subpaths(atPath: folder))
        return try names.flatMap { name -> [UInt8] in
            let path = folder + "/" + name
            guard FileManager.default.fileExists(atPath: path + "/") == false else { return Array(name.utf8) }
            return try Array(name.utf8) + ProjectFiles.bytes(path)
        }
    }
}

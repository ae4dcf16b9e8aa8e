import Encoding
import Glibc
import Signing
import TestSupport
import Testing
import TraceLog

@testable import Gate

/// A gate for an installation's own objects; the test starts the daemon when it needs one.
struct RecordingGate {
    let installation: SuishenRun
    let object: String
    let text: String

    init() throws {
        installation = try SuishenRun()
        object = try installation.object()
        text = try #require(try installation.answer(["issue", object])["text"]?.string)
        try installation.answer(["bundle", "export", "--out", installation.folder("bundle")])
    }

    var socket: String { installation.folder("state/run/suishend.sock") }
    var spool: String { installation.folder("bundle/state/events.spool") }

    func daemon() throws -> RunningProgram {
        let daemon = try RunningProgram("suishend", ["--state", installation.folder("state")])
        try RunningProgram.waitForSocket(socket)
        return daemon
    }

    func scan(_ options: String = "") throws -> VerifyRun {
        let bundle = installation.folder("bundle")
        return try VerifyRun("--bundle \(bundle) --scene object-inspection --record --text '\(text)' \(options)")
    }

    func flush(_ options: String = "") throws -> VerifyRun {
        try VerifyRun("flush --bundle \(installation.folder("bundle")) --socket \(socket) \(options)")
    }

    /// The number of the object's events in the log; asking appends one more.
    func eventCount() throws -> Int64? {
        try installation.answer(["event", "append", object, "--step", "inspecting"])["sequence"]?.integer
    }

    func replaceSpool(_ change: (inout [UInt8]) -> Void) throws {
        var bytes = try ProjectFiles.bytes(spool)
        change(&bytes)
        try installation.folder.write(bytes, to: "bundle/state/events.spool", mode: 0o600)
    }
}

@Suite("A gate that records accepted codes")
struct RecordTests {
    @Test("keeps events while the daemon is away, and each sent event is appended once, however often it is sent")
    func spoolsAndFlushes() throws {
        let gate = try RecordingGate()
        for _ in 0..<3 {
            let run = try gate.scan()
            #expect(run.code == "ok" && run.lines.first?["record"]?.string == "spooled")
        }
        let unreachable = try gate.flush()
        #expect(unreachable.status == 2 && unreachable.lines.first?["waiting"]?.integer == 3)
        let (spool, state) = try (ProjectFiles.bytes(gate.spool), ProjectFiles.bytes(gate.spool + ".state"))
        let daemon = try gate.daemon()
        #expect(try gate.flush().lines == [["sent": 3, "refused": 0, "waiting": 0]])
        #expect(try gate.flush().lines == [["sent": 0, "refused": 0, "waiting": 0]])
        #expect(try gate.eventCount() == 3)
        // As if the gate had died after the daemon's answers and before recording them.
        try gate.installation.folder.write(spool, to: "bundle/state/events.spool", mode: 0o600)
        try gate.installation.folder.write(state, to: "bundle/state/events.spool.state", mode: 0o600)
        #expect(try gate.flush().lines == [["sent": 3, "refused": 0, "waiting": 0]])
        #expect(try gate.eventCount() == 4)
        daemon.end(SIGTERM)
    }

    @Test("writes to the log at once when the daemon answers, and sends waiting events first")
    func recordsOnline() throws {
        let gate = try RecordingGate()
        #expect(try gate.scan("--socket \(gate.socket)").lines.first?["record"]?.string == "spooled")
        let daemon = try gate.daemon()
        let event = "--step repairing --actor \(SuishenRun.uscc) --location urn:epc:id:sgln:4012345.00001.0"
        let run = try gate.scan("--socket \(gate.socket) \(event)")
        #expect(run.lines.first?["record"]?.string == "logged")
        #expect(try gate.eventCount() == 2)
        daemon.end(SIGTERM)
    }

    @Test("sets aside events that the daemon will never take, and reports them")
    func refusedEvents() throws {
        let gate = try RecordingGate()
        #expect(try gate.scan().code == "ok")
        // As left by a gate whose terms differ from the daemon's.
        let event = RecordedEvent(object: [UInt8](1...8), template: .init(step: "dancing"), time: 1_790_000_000)
        try EventSpool(path: gate.spool).append(event, random: SystemRandom())
        let daemon = try gate.daemon()
        let run = try gate.flush()
        #expect(run.status == 1 && run.lines == [["sent": 1, "refused": 1, "waiting": 0]])
        #expect(try ProjectFiles.bytes(gate.spool + ".refused").count > 0)
        #expect(try gate.eventCount() == 1)
        daemon.end(SIGTERM)
    }

    @Test(
        "sends nothing from a spool that was altered, cut, reordered, or lost its state",
        arguments: ["flipped", "cut", "reordered", "dropped", "stateless"])
    func tampered(how: String) throws {
        let gate = try RecordingGate()
        for _ in 0..<3 { #expect(try gate.scan().code == "ok") }
        let daemon = try gate.daemon()
        switch how {
        case "flipped": try gate.replaceSpool { $0[$0.count / 2] ^= 1 }
        case "cut": try gate.replaceSpool { $0 = Array($0[..<($0.firstIndex(of: 10) ?? 0)]) + [10] }
        case "reordered":
            try gate.replaceSpool { bytes in
                let lines = bytes.split(separator: 10)
                bytes = Array([lines[0], lines[2], lines[1]].joined(separator: [10])) + [10]
            }
        case "dropped": try gate.replaceSpool { $0.removeSubrange(0...($0.firstIndex(of: 10) ?? 0)) }
        default: unsafe unlink(gate.spool + ".state")
        }
        let run = try Program("verify").run(["flush", "--spool", gate.spool, "--socket", gate.socket])
        #expect(run.status == 2 && run.output.isEmpty)
        #expect(run.diagnostics.contains("[spool_tampered]") && run.diagnostics.contains("verify: hint: "))
        #expect(try gate.eventCount() == 0)
        daemon.end(SIGTERM)
    }

    @Test("has every event of a printed verdict on disk when it is killed, and continues after a torn line")
    func killed() throws {
        let gate = try RecordingGate()
        let folder = gate.installation.folder
        let lines = String(repeating: gate.text + "\n", count: 20_000)
        let input = try folder.write(Array(lines.utf8), to: "lines")
        for _ in 0..<3 {
            let output = folder("verdicts")
            unsafe unlink(output)
            let scanner = try RunningProgram(
                "verify",
                ["--bundle", folder("bundle"), "--scene", "object-inspection", "--record", "--stream"],
                input: input, output: output)
            for _ in 0..<12_000 {
                if let printed = try? ProjectFiles.bytes(output), !printed.isEmpty { break }
                usleep(10_000)
            }
            usleep(50_000)
            scanner.end(SIGKILL)
            let printed = try ProjectFiles.bytes(output).split(separator: 10).count
            let spooled = try ProjectFiles.bytes(gate.spool).split(separator: 10).count
            #expect(spooled >= printed)
        }
        try gate.replaceSpool { $0 += Array("0123 torn".utf8) }
        #expect(try gate.scan().lines.first?["record"]?.string == "spooled")
        let count = Int64(try ProjectFiles.bytes(gate.spool).split(separator: 10).count)
        #expect(count > 1)
        let daemon = try gate.daemon()
        #expect(try gate.flush().lines.first?["sent"]?.integer == count)
        #expect(try gate.eventCount() == count)
        daemon.end(SIGTERM)
    }

    @Test("accepts only the log's own terms on the command line")
    func terms() throws {
        #expect(EventVocabulary.steps == Set(BusinessStep.allCases.map(\.rawValue)))
        #expect(EventVocabulary.dispositions == Set(Disposition.allCases.map(\.rawValue)))
        for options in ["--step dancing", "--step ''", "--step Inspecting", "--disposition lost"] {
            let run = try Program("verify").run(inShell: "--bundle x --scene y --text z --record \(options)")
            #expect(run.status == 64 && run.output.isEmpty, "\(options)")
            #expect(run.diagnostics.contains("GS1 CBV 2.0: ") && run.diagnostics.contains("verify: hint: "))
        }
    }

    @Test("stays closed when the event cannot be kept, or when the spool was removed")
    func unwritable() throws {
        let gate = try RecordingGate()
        let folder = try ScratchFolder()
        for take in [{ unsafe unlink(folder("spool")) }, { unsafe rename(folder("spool"), folder("old")) }] {
            let spool = try EventSpool(path: folder("spool"))
            let event = RecordedEvent(object: [UInt8](1...8), template: .init(step: "inspecting"), time: 1_790_000_000)
            try spool.append(event, random: SystemRandom())
            #expect(take() == 0)
            #expect(throws: SpoolError.self) { try spool.append(event, random: SystemRandom()) }
            unsafe unlink(folder("spool.state"))
        }
        let run = try gate.scan("--spool /nonexistent/spool")
        #expect(run.code == "bundle_unreadable" && run.status == 2)
        #expect(try VerifyRun("--bundle x --scene y --text z --step shipping").status == 64)
    }
}

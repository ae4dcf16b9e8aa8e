import Credential
import Encoding
import Issuing
import Testing

@testable import Gate
@testable import ForeignCodes
@testable import Platform

@Suite("The pages of the gate")
struct GatePageTests {
    @Test("have every verdict's code with what it means for the gate, and no other")
    func verdicts() throws {
        let rows = try Page("Gate.docc/Verdicts.md").table("The codes")
        #expect(rows.map { $0["code"] } == VerdictCode.allCases.map(\.rawValue))
        #expect(rows.map { $0["verdict"] } == ["accept"] + RefusalCode.allCases.map(\.outcome.rawValue))
        for row in rows { #expect(row["means"]?.isEmpty == false) }
    }

    @Test("have every scene that ships, with everything that it says")
    func scenes() throws {
        let rows = try Page("Gate.docc/Scenes.md").table("Scenes that ship")
        #expect(rows.map { $0["scene"] } == Scene.shipped.map(\.name))
        let day: UInt64 = 86_400
        func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
        for (row, scene) in zip(rows, Scene.shipped) {
            let kinds =
                PersonKind.allCases.filter(scene.kinds.contains).map(\.name)
                + ObjectKind.allCases.filter(scene.objectKinds.contains).map(\.name)
            #expect(row["forms"] == list(Form.allCases.filter(scene.forms.contains).map(\.name)))
            #expect(row["kinds"] == list(kinds))
            #expect(row["domains"] == list(SealDomain.allCases.filter(scene.domains.contains).map(\.rawValue)))
            #expect(row["entitlement"] == (scene.requiresEntitlement ? "needed" : "not needed"))
            #expect(row["grace"] == String(scene.bundleGraceSeconds / day))
            #expect(row["list age"] == String(scene.statusAgeSecondsMax / day))
            #expect(row["hot limit"] == scene.hotLimitSeconds.map { String($0 / 3600) })
            #expect(row["online"] == (scene.isOnlineAllowed ? "yes" : "no"))
            #expect(row["replay refused"] == (scene.isReplayRefused ? "yes" : "no"))
            #expect(row["challenge"] == (scene.isChallengeRequired ? "yes" : "no"))
            #expect(row["delegation"] == String(scene.delegationScope))
            #expect(scene.presentationAgeSecondsMax == 30 && scene.clockSkewSeconds == 15, "the page's defaults")
        }
    }

    @Test("have the limits of scenes and of one scan")
    func sceneLimits() throws {
        let plain = Scene(name: "plain", forms: [.person])
        let expected: [String: Int] = [
            "highest presentationAgeSecondsMax": Int(Scene.presentationAgeSecondsMax),
            "highest clockSkewSeconds": Int(Scene.clockSkewSecondsMax),
            "default presentationAgeSecondsMax": Int(plain.presentationAgeSecondsMax),
            "default clockSkewSeconds": Int(plain.clockSkewSeconds),
            "default hotLimitSeconds": Int(Scene.hotLimitSecondsDefault),
            "scenes in a bundle": GateBundle.sceneCountMax,
            "codes looked at in one scan": Verifier.payloadCountMax,
        ]
        #expect(try Page("Gate.docc/Scenes.md").numbers("Limits") == expected)
    }

    @Test("have every scope bit with its name")
    func scopes() throws {
        let rows = try Page("Credential.docc/WireFormat.md").pairs("Delegated code")
        #expect(rows.count == 4)
        for (bit, name) in rows {
            let bits = try #require(UInt64(bit))
            #expect(DelegationScope.names(of: bits) == [name])
        }
    }

    @Test("have the limits of settlement")
    func settlementLimits() throws {
        let expected: [String: Int] = [
            "receipts of a draw": SettlementDraw.sampleCountMax,
            "bytes of a closed day": ClosedDay.byteCountMax,
            "days for which openings are kept": Int(ReceiptBook.keptDays),
            "seconds after midnight until a day can be closed": Int(ReceiptBook.closingGraceSeconds),
            "bytes of a day's file": ReceiptDayFile.byteCountMax,
        ]
        #expect(try Page("Gate.docc/Settlement.md").numbers("Limits") == expected)
    }

    @Test("have the limits of a bundle")
    func bundleLimits() throws {
        let expected: [String: Int] = [
            "bytes of a bundle": GateBundle.byteCountMax,
            "issuers' records": GateBundle.issuerCountMax,
            "status lists": GateBundle.statusListCountMax,
            "hosts": GateBundle.hostCountMax,
            "categories": GateBundle.categoryCountMax,
            "pairs in the link table": BlindedLinkTable.countMax,
            "bytes of epoch-keys.cbor": EpochKeyFile.byteCountMax,
        ]
        #expect(try Page("Gate.docc/Bundle.md").numbers("Limits") == expected)
    }

    @Test("have the files of a bundle's folder in the order in which they are written, bundle.cbor last")
    func bundleFiles() throws {
        let files = try Page("Gate.docc/Bundle.md").firstCells("The folder")
        let list = BundleExport.path(of: StatusListReference(issuer: "SH", form: .object, day: nil))
        let listFile = list.split(separator: "/").dropLast().joined(separator: "/") + "/NAME.cwt"
        #expect(
            files == [
                BundleExport.rootName, RootChain.name, listFile, EpochKeyFile.name, BundleExport.bundleName,
            ])
    }

    @Test("have the limits of root documents")
    func rootLimits() throws {
        let expected: [String: Int] = [
            "documents of a chain": RootChain.documentCountMax, "bytes of roots.cbor": RootChain.byteCountMax,
            "bytes of a document": SignedRootDocument.byteCountMax, "roots of a document": RootDocument.rootCountMax,
            "bundle keys of a document": RootDocument.bundleKeyCountMax,
            "signatures of a document": SignedRootDocument.signatureCountMax,
        ]
        #expect(try Page("Gate.docc/Roots.md").numbers("The file") == expected)
    }

    @Test("have every use and status of a key")
    func keys() throws {
        let page = try Page("Signing.docc/Keys.md")
        #expect(try page.firstCells("What keys may sign") == KeyUse.allCases.map(\.rawValue))
        #expect(try page.firstCells("A key's life") == KeyStatus.allCases.map(\.rawValue))
    }

    @Test("have the constants of the clock watch")
    func clockWatch() throws {
        let expected: [String: Int] = [
            "holders remembered": ClockWatch.holderCount,
            "holders needed before anything is said": ClockWatch.holderCountMin,
            "seconds within which offsets agree": Int(ClockWatch.agreementSeconds),
            "seconds ahead from which a phone counts": Int(ClockWatch.aheadSecondsMin),
            "seconds behind from which a showing counts": Int(ClockWatch.behindSecondsMin),
        ]
        #expect(try Page("Gate.docc/GateState.md").numbers("The clock watch") == expected)
    }

    @Test("have the rules about signed times")
    func signedTimes() throws {
        let expected: [String: Int] = [
            "seconds that a bundle's version may lie ahead of the clock": Int(SignedTime.versionAheadSecondsMax),
            "replay stores remembered": SeenMaterial.replayStoreCountMax,
        ]
        #expect(try Page("Gate.docc/GateState.md").numbers("Signed times and the clock") == expected)
    }

    @Test("have the constants of the replay store")
    func replay() throws {
        let expected: [String: Int] = [
            "seconds of a generation": Int(ReplayStore.windowSeconds),
            "pages": ReplayStore.bucketCount,
            "bytes of a page": ReplayBucket.byteCount,
            "entries of a page": ReplayBucket.slotCount,
            "entries of a page for other gates' showings": ReplayBucket.mergedCountMax,
            "bytes of an entry": ReplayEntry.byteCount,
            "scenes in one store": ReplayStore.sceneCountMax,
            "bytes of a scene's name": ReplayStore.sceneNameByteCount,
        ]
        #expect(try Page("Gate.docc/Replay.md").numbers("The store") == expected)
    }

    @Test("have the limits of reports")
    func reportLimits() throws {
        let expected: [String: Int] = [
            "bytes of a report's text": GateReport.byteCountMax,
            "bytes of a report with its signature": SignedGateReport.byteCountMax,
            "lists in a report": GateReport.listCountMax, "warnings in a report": GateReport.warningCountMax,
            "seconds that a report may be dated ahead": Int(GateReport.aheadSecondsMax),
            "seconds from a report's making to its arrival": Int(GateReview.delaySecondsMax),
            "seconds between two additions of counts": Int(VerdictTally.saveSeconds),
            "seconds until a failed report is tried again": Int(GateReporter.retrySeconds),
            "seconds after which a silent gate is stale": Int(GateReview.staleSecondsDefault),
        ]
        #expect(try Page("Gate.docc/Reports.md").numbers("Limits") == expected)
    }

    @Test("have every finding about a gate")
    func findings() throws {
        let cells = try Page("Gate.docc/Reports.md").firstCells("What an operator sees")
        #expect(cells == GateReview.Finding.allCases.map(\.rawValue))
    }

    @Test("have every member of a report in its order")
    func reportMembers() throws {
        let gate = try #require(GateIdentifier(bytes: [UInt8](repeating: 1, count: 16)))
        var report = GateReport(gate: gate, counter: 1, issuedAt: 1, countedSince: 1, fetch: "ok")
        report.bundle = .init(version: 1, issuedAt: 1)
        (report.rootVersion, report.hotListTime, report.keysLastDay) = (1, 1, 1)
        report.clockOffsetSeconds = 1
        let members = report.json.object?.members.map(\.key)
        #expect(try Page("Gate.docc/Reports.md").firstCells("The report") == members)
    }

    @Test("have the limits of the spool")
    func spool() throws {
        let numbers = try Page("Gate.docc/Recording.md").numbers("The spool")
        #expect(numbers["bytes of a spool"] == EventSpool.byteCountMax)
        #expect(numbers["bytes of a line"] == SpooledEvent.byteCountMax)
    }

    @Test("have the limits of asking over a socket and the network")
    func links() throws {
        let expected: [String: Int] = [
            "path of a socket, in bytes": SocketAddress.pathByteCountMax,
            "head of an answer, in bytes": HTTPExchange.headByteCountMax,
            "body of an answer, in bytes": HTTPExchange.bodyByteCountMax,
            "address given to --link, in bytes": HTTPEndpoint.byteCountMax,
            "kept connections that wait for a question": HTTPExchange.keptConnectionCountMax,
            "failures in a row after which nothing is asked": CircuitBreaker.failureCountMax,
            "seconds that nothing is asked then": Int(CircuitBreaker.pauseSeconds),
        ]
        let numbers = try Page("Platform.docc/FilesAndSockets.md").numbers("HTTP over a UNIX socket")
        #expect(numbers == expected)
    }
}

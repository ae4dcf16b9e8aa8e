import IssuerTestSupport
import IssuerInterface
import Encoding
import Issuing
import Signing
import Testing
import TraceLog
import WalletPhone

@testable import Gate

/// One request for every operation of the daemon, on rows that are there.
struct ExtremeOrders {
    struct Order {
        let operation: IssuerOperation
        let body: JSONValue
        var key: String?
    }

    private(set) var all: [Order] = []

    private static let uscc: JSONValue = "91350100M000100Y43"
    private static let anchor: JSONValue = "000102030405060708090a0b0c0d0e0f"

    /// Registers what the requests are about, and gives each kind of subject codes and a history.
    mutating func prepare(_ client: IssuerClient) throws {
        let register: JSONValue = [
            "residentId": "11010519491231002X", "medical": "0123456789abcdef01234567",
            "transit": "89abcdef0123456789abcdef",
        ]
        let person = try #require(try client.ask(.registerPerson, register)["subject"])
        let guardian = try #require(try client.ask(.registerPerson, ["residentId": "110105194912310038"])["subject"])
        let enterprise: JSONValue = ["uscc": Self.uscc, "name": "示例"]
        _ = try client.ask(.registerEnterprise, enterprise)
        let place: JSONValue = [
            "kind": "place", "manager": Self.uscc, "category": "park", "latitude": 31.25, "longitude": 121.5,
        ]
        let object = try #require(try client.ask(.registerObject, place, idempotencyKey: "object")["subject"])
        let event: JSONValue = [
            "object": object, "step": "inspecting", "actor": Self.uscc, "personal": ["inspector": "name"],
        ]
        let first = try client.ask(.appendEvent, event, idempotencyKey: "event")
        _ = try client.ask(.appendEvent, event, idempotencyKey: "second-event")
        let codes: [JSONValue] = [
            ["subject": person, "anchor": Self.anchor], ["subject": person, "kind": "timed"],
            ["subject": person, "anchor": Self.anchor, "guardian": guardian, "scope": 1],
            ["subject": person, "kind": "paper"], ["subject": Self.uscc], ["subject": object],
        ]
        var identifiers: [JSONValue] = []
        for code in codes { identifiers += try client.ask(.issue, code)["cti"].map { [$0] } ?? [] }
        _ = try client.ask(.revoke, ["target": identifiers[3], "reason": "lost"])
        let kid = try #require(try client.ask(.rotateKey, ["role": "status"])["kid"])
        all = [
            .init(operation: .registerPerson, body: register),
            .init(operation: .registerEnterprise, body: enterprise),
            .init(operation: .registerObject, body: place, key: "object"),
            .init(operation: .registerObject, body: place),
        ]
        all += codes.map { .init(operation: .issue, body: $0) }
        all += [person, guardian, Self.uscc, object].map { .init(operation: .codeHistory, body: ["subject": $0]) }
        all += [
            .init(operation: .appendEvent, body: event, key: "event"),
            .init(operation: .appendEvent, body: event),
            .init(operation: .eraseEvent, body: ["object": object, "index": first["index"] ?? 0, "reason": "asked"]),
            .init(
                operation: .askLink,
                body: ["medical": "0123456789abcdef01234567", "transit": "89abcdef0123456789abcdef"]),
            .init(operation: .objectHistory, body: ["object": object, "with": "entry"]),
            .init(operation: .subjectCard, body: ["subject": object]),
            .init(operation: .exportOpenings, body: [:]), .init(operation: .describeLog, body: [:]),
            .init(operation: .logFile, body: ["path": "checkpoint"]),
            .init(operation: .actsFile, body: ["path": "checkpoint"]),
            .init(operation: .exportBundle, body: ["domains": ["medical", "transit"]]),
            .init(operation: .statusLists, body: [:]),
            .init(operation: .statusList, body: ["list": "SH-person-lasting"]),
            .init(operation: .statusList, body: ["list": "SH-object-lasting-1"]),
            .init(operation: .revoke, body: ["target": identifiers[0], "reason": "lost"]),
            .init(operation: .revoke, body: ["target": object]), .init(operation: .revoke, body: ["target": person]),
            .init(operation: .exportBundle, body: [:]), .init(operation: .listKeys, body: [:]),
            .init(operation: .retireKey, body: ["kid": kid]), .init(operation: .rotateKey, body: ["role": "issuer"]),
            .init(operation: .compromiseKey, body: ["kid": kid]), .init(operation: .readAudit, body: [:]),
            .init(operation: .health, body: [:]), .init(operation: .listConfirmations, body: [:]),
            .init(
                operation: .confirmRequest,
                body: ["request": "00000000000000000000000000000000", "digest": "00"]),
            .init(operation: .confirmedAnswer, body: ["request": "00000000000000000000000000000000"]),
            .init(operation: .publishRoots, body: ["chain": "AA=="]),
            .init(operation: .joinDaemon, body: ["key": "AA=="]),
        ]
        all += try Self.actorOrders(client, object) + Self.gateOrders(client) + Self.walletOrders(client)
    }

    /// What a phone is offered, gets, renews and loses its codes by; each proof is good for the first request alone.
    private static func walletOrders(_ client: IssuerClient) throws -> [Order] {
        let socket = client.path
        let subjects = try ["110101199003070177", "110101199003070011"].map { number in
            try client.ask(.registerPerson, ["residentId": .string(number)])["subject"] ?? .null
        }
        let phone = try Phone { try IssuerClient(path: socket).ask($0, $1) }
        let order: JSONValue = ["subject": subjects[0], "ward": subjects[1], "days": 1]
        let offers = try (0..<3).map { _ in try Phone.Offer(client.ask(.makeOffer, order)) }
        let strips = try offers.prefix(2).map { try phone.receive($0) }
        let refresh = strips[0].refreshToken ?? ""
        let token = try phone.token(refresh: refresh)
        let access = token["accessToken"] ?? .null
        let nonce = try phone.nonce()
        func proof(_ path: String) throws -> JSONValue {
            .string(try phone.dpop(path, nonce: nonce, accessToken: path == "token" ? nil : access.string))
        }
        let pin: JSONValue = offers[2].pin.map { .string($0) } ?? .null
        return [
            .init(operation: .makeOffer, body: order), .init(operation: .walletNonce, body: [:]),
            .init(
                operation: .walletToken,
                body: [
                    "grant": "offer", "code": .string(offers[2].code), "pin": pin, "dpop": try proof("token"),
                ]),
            .init(
                operation: .walletToken,
                body: ["grant": "refresh", "refreshToken": .string(refresh), "dpop": try proof("token")]),
            .init(operation: .walletCodes, body: ["accessToken": access, "dpop": try proof("codes")]),
            .init(
                operation: .walletCredential,
                body: try phone.order(by: token, secret: nil, seeds: Phone.seeds(for: token), nonce: nonce)),
            .init(operation: .listHoldings, body: ["subject": subjects[1]]),
            .init(
                operation: .walletRevoke,
                body: ["accessToken": access, "dpop": try proof("revoke"), "scope": "holding"]),
            .init(operation: .revokeHolding, body: ["holding": .string(strips[1].holding)]),
            .init(operation: .walletLost, body: ["lossCode": .string(offers[2].lossCode)]),
        ]
    }

    /// What a gate is registered, shown and ended by.
    private static func gateOrders(_ client: IssuerClient) throws -> [Order] {
        let files = try BundleExport(client.ask(.exportBundle, [:])).files
        let root = try #require(files.first { $0.path == BundleExport.rootName })
        let key = try SigningKey.generate(.ed25519)
        let request = try GateRequest(
            name: "gate", signingKey: key, receivingKey: ReceivingKey.generate(for: .ed25519).publicKey,
            rootDigest: RootSource.digest(of: VerificationKey(pem: root.bytes)), issuedAt: 1)
        let gate: JSONValue = [
            "request": request.json, "scenes": ["metro-gate"], "domains": ["transit"], "site": "north hall",
        ]
        let name: JSONValue = ["gate": .string(request.gate.text)]
        let rekey = try UnverifiedRekeyRequest(
            for: ReceivingKey.generate(for: .ed25519).publicKey, signedBy: key, issuedAt: 2)
        let signed = try SignedGateReport(
            GateReport(gate: request.gate, counter: 1, issuedAt: 1, countedSince: 1, fetch: "ok"), by: key)
        let report: JSONValue = [
            "gate": .string(request.gate.text), "report": .string(signed.text),
            "signature": .string(Base64.encode(signed.signature)),
        ]
        let day = try #require(SettlementDay("1970-01-01"))
        let closed = ClosedDay(
            gate: request.gate, day: day, count: 0, paperCount: 0, timedCount: 0, root: .emptyRoot)
        let openings = DrawnOpenings(gate: request.gate, day: day, openings: []).encoded()
        _ = try client.ask(.registerGate, gate)
        return [
            .init(operation: .registerGate, body: gate), .init(operation: .listGates, body: [:]),
            .init(operation: .showGate, body: name), .init(operation: .sealGateKeys, body: name),
            .init(operation: .rekeyGate, body: ["request": rekey.json]),
            .init(operation: .takeGateReport, body: report),
            .init(
                operation: .registerSettlement, body: ["record": .string(Base64.encode(try closed.signed(by: key)))]),
            .init(operation: .listSettlements, body: ["day": .string(day.text)]),
            .init(operation: .makeSettlementKey, body: [:]),
            .init(operation: .checkSettlement, body: ["openings": .string(Base64.encode(openings))]),
            .init(operation: .suspendGate, body: name),
            .init(operation: .resumeGate, body: name), .init(operation: .revokeGate, body: name),
        ]
    }

    /// What an enterprise's keys are registered, used and ended by.
    private static func actorOrders(_ client: IssuerClient, _ object: JSONValue) throws -> [Order] {
        let pem = String(decoding: try SigningKey.generate(.ed25519).verificationKey.pem(), as: UTF8.self)
        let actorKey: JSONValue = ["uscc": uscc, "publicKey": .string(pem)]
        let identifier = try #require(try client.ask(.addActorKey, actorKey)["key"])
        let ending: JSONValue = ["uscc": uscc, "key": identifier]
        return [
            .init(operation: .addActorKey, body: actorKey), .init(operation: .listActorKeys, body: ["uscc": uscc]),
            .init(operation: .placeEvents, body: ["objects": [object]]),
            .init(
                operation: .appendSignedEvents,
                body: [
                    "events": [["object": object, "step": "inspecting", "actor": uscc]], "key": identifier,
                    "recordedAtMilliseconds": 0, "signature": .string(String(repeating: "00", count: 64)),
                ]),
            .init(operation: .retireActorKey, body: ending), .init(operation: .revokeActorKey, body: ending),
        ]
    }
}

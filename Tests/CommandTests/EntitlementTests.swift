import Credential
import Encoding
import ForeignCodes
import Gate
import Glibc
import Signing
import TestSupport
import Testing

@Suite("A scene that needs an entitlement")
struct EntitlementTests {
    private static let scenes: [(name: String, domains: [SealDomain])] = Scene.shipped
        .filter(\.requiresEntitlement).map { ($0.name, Array($0.domains)) }
    private static let linked: [SealDomain: [UInt8]] = [
        .medical: VerifyGate.medicalIdentifier, .transit: VerifyGate.transitIdentifier,
    ]

    private func run(_ gate: VerifyGate, _ scene: String, _ text: String) throws -> VerifyRun {
        let words = ["--bundle", gate.folder, "--scene", scene, "--at", "\(VerifyGate.now)", "--text", text]
        let outcome = try Program("verify").run(words)
        return try VerifyRun(outcome)
    }

    /// Every form in which a holder shows the project's own code at such a scene.
    private func shown(_ gate: VerifyGate) throws -> [String] {
        let scopes = DelegationScope.transit | DelegationScope.medical
        let ward = Delegation(guardian: Array(1...8), statusIndex: 2, scope: scopes)
        return [
            try gate.shown(gate.person(identifiers: Self.linked)), try gate.chain(identifiers: Self.linked),
            try gate.person(kind: .timed, identifiers: Self.linked, lifetime: 120),
            try gate.shown(gate.person(identifiers: Self.linked, actor: ward)),
        ]
    }

    @Test("accepts every form of code whose seals it opens, and decides nothing without a key, in every shipped scene")
    func keys() throws {
        #expect(Self.scenes.map(\.name).contains("metro-gate") && Self.scenes.count == 3)
        for (scene, domains) in Self.scenes {
            let gate = try VerifyGate()
            defer { gate.remove() }
            for text in try shown(gate) { #expect(try run(gate, scene, text).code == "ok", "\(scene)") }
            var version: UInt64 = 6
            for exported in [[], [SealDomain.medical], [.transit]] where !Set(domains).isSubset(of: exported) {
                try gate.export(version: version, domains: exported)
                if exported.isEmpty { unsafe unlink("\(gate.folder)/epoch-keys.cbor") }
                version += 1
                for text in try shown(gate) {
                    let verdict = try run(gate, scene, text)
                    #expect(verdict.code == "bundle_unreadable" && verdict.status == 2, "\(scene) \(exported)")
                    #expect(verdict.lines.first?["hint"]?.string?.contains("--domain") == true)
                }
            }
        }
    }

    @Test("decides nothing on a code of a day whose key is gone, on paper too where a scene takes paper")
    func days() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        var scenes = Scene.shipped
        for index in scenes.indices where scenes[index].requiresEntitlement {
            scenes[index].kinds = Set(PersonKind.allCases)
            scenes[index].forms = Set(Form.allCases)
            scenes[index].objectKinds = Set(ObjectKind.allCases)
        }
        try gate.export(version: 6, scenes: scenes, epochDay: VerifyGate.start / 86_400 + 1)
        for (scene, _) in Self.scenes {
            for text in try shown(gate) + [gate.person(kind: .paper, identifiers: Self.linked)] {
                let verdict = try run(gate, scene, text)
                #expect(verdict.code == "bundle_expired" && verdict.status == 2, "\(scene)")
            }
            let enterprise = try CredentialText(bytes: gate.enterprise(), form: .enterprise, host: "qr.example.cn").text
            for text in [try gate.object(), enterprise] {
                #expect(try run(gate, scene, text).code == "no_entitlement", "\(scene)")
            }
        }
    }

    @Test("decides nothing where the bundle names no domain for it")
    func noDomain() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        var scenes = Scene.shipped
        for index in scenes.indices where scenes[index].requiresEntitlement { scenes[index].domains = [] }
        try gate.export(version: 6, scenes: scenes)
        for (scene, _) in Self.scenes {
            for text in try shown(gate) { #expect(try run(gate, scene, text).code == "bundle_unreadable", "\(scene)") }
        }
    }

    @Test("takes no other issuer's code for more than its own domain, alone or beside a code whose seal is shut")
    func foreign() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let ride = try gate.transit.code()
        #expect(try run(gate, "metro-gate", ride).code == "ok")
        #expect(try run(gate, "hospital-shuttle", ride).code == "no_entitlement")
        let own = try gate.shown(gate.person(identifiers: [.transit: VerifyGate.transitIdentifier]))
        #expect(try run(gate, "hospital-shuttle", "[\"\(own)\",\"\(ride)\"]").code == "no_entitlement")
        try gate.export(version: 6, domains: [])
        unsafe unlink("\(gate.folder)/epoch-keys.cbor")
        let sealed = try gate.shown(gate.person(identifiers: Self.linked))
        for scene in ["metro-gate", "hospital-shuttle"] {
            let verdict = try run(gate, scene, "[\"\(sealed)\",\"\(ride)\"]")
            #expect(verdict.code == "bundle_unreadable" && verdict.status == 2, "\(scene)")
        }
    }

    @Test("takes two codes for one holder's only if every domain that both identify agrees")
    func holders() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        var other = Self.linked
        other[.transit] = [UInt8](repeating: 9, count: 12)
        let codes = [
            try gate.shown(gate.person(identifiers: Self.linked)), try gate.shown(gate.person(identifiers: other)),
        ]
        let window = "[\"\(codes[0])\",\"\(codes[1])\"]"
        #expect(try run(gate, "hospital-shuttle", window).code == "holder_mismatch")
    }
}

import Encoding
import Signing
import Testing

@testable import ForeignCodes
@testable import Gate

@Suite("The headers of another issuer's code, in every profile")
struct HeaderPolicyTests {
    private typealias Parameter = (Int64, CBORItem)

    private static let es256: Parameter = (1, .integer(-7))
    private static let kid: Parameter = (4, .byteString([1, 2, 3, 4]))
    private static let otherKid: Parameter = (4, .byteString([9]))

    private let key: SigningKey
    private let trust: ForeignTrust

    init() throws {
        key = try .generate(.es256)
        trust = ForeignTrust(keys: [ForeignKey(key: key.verificationKey, identifiers: [[1, 2, 3, 4]])])
    }

    private static func critical(_ labels: CBORItem...) -> Parameter { (2, .array(labels)) }

    @Test("are refused where crit cannot be obeyed, with a reason that names it", arguments: ForeignProfile.allCases)
    func refusedCritical(profile: ForeignProfile) throws {
        let (es256, kid) = (Self.es256, Self.kid)
        let faults: [(protected: [Parameter], unprotected: [Parameter], reason: String)] = [
            ([es256, kid, (2, .array([]))], [], "empty"),
            ([es256, kid, (2, .integer(4))], [], "not a list"), ([es256, kid, (2, .null)], [], "not a list"),
            ([es256, kid, (2, .map(CBORMap()))], [], "not a list"),
            ([es256, kid], [Self.critical(.integer(4))], "crit is in the unprotected header"),
            ([es256, kid, Self.critical(.integer(4))], [Self.critical(.integer(4))], "crit is in the unprotected"),
            ([es256, Self.critical(.integer(4))], [kid], "header parameter 4, which the protected header does not"),
            ([kid, Self.critical(.integer(1))], [es256], "header parameter 1, which the protected header does not"),
            (
                [es256, kid, Self.critical(.integer(99)), (99, .null)], [],
                "header parameter 99, which is not understood"
            ),
            ([es256, kid, Self.critical(.integer(99))], [(99, .null)], "header parameter 99, which is not understood"),
            ([es256, kid, Self.critical(.integer(3)), (3, .unsigned(60))], [], "header parameter 3, which is not"),
            ([es256, kid, Self.critical(.integer(4), .integer(-70_001))], [], "header parameter -70001, which is not"),
            ([es256, kid, Self.critical(.text("x"))], [], "whose label is not a number"),
        ]
        for fault in faults {
            let verdict = try SignedForm(profile: profile, key: key).verdict(
                fault.protected, fault.unprotected, trust: trust)
            #expect(verdict.code == "malformed" && verdict.result(of: .cose) == .failed, "\(fault)")
            #expect(verdict.result(of: .signature) == .skipped && verdict.hint != nil)
            let reason = try #require(verdict.reason)
            #expect(reason.contains("crit") && reason.contains(fault.reason), "\(reason)")
        }
    }

    @Test("are read where crit lists only what is understood and protected", arguments: ForeignProfile.allCases)
    func obeyedCritical(profile: ForeignProfile) throws {
        for labels: [Int64] in [[1], [4], [2], [1, 4], [4, 4]] {
            let verdict = try SignedForm(profile: profile, key: key).verdict(
                [Self.es256, Self.kid, (2, .array(labels.map { .integer($0) }))], trust: trust)
            #expect(verdict.isAccepted && verdict.warnings.isEmpty, "\(labels) \(verdict.code)")
        }
    }

    @Test("count by the protected one of two algorithms", arguments: ForeignProfile.allCases)
    func algorithms(profile: ForeignProfile) throws {
        let form = SignedForm(profile: profile, key: key)
        for (protected, unprotected, code, warnings) in [
            ([Self.es256], [], "ok", []), ([Self.es256], [(1, .integer(-8))], "ok", []),
            ([], [Self.es256], "ok", ["unprotected_algorithm"]),
            ([], [(1, .integer(-9))], "ok", ["unprotected_algorithm"]),
            ([(1, .integer(-8))], [Self.es256], "algorithm_mismatch", []),
            ([(1, .text("ES256"))], [Self.es256], "algorithm_mismatch", []),
            ([(1, .null)], [Self.es256], "algorithm_mismatch", []), ([], [], "algorithm_mismatch", []),
            ([], [(1, .integer(-8))], "algorithm_mismatch", ["unprotected_algorithm"]),
        ] as [([Parameter], [Parameter], String, [String])] {
            let verdict = try form.verdict(protected + [Self.kid], unprotected, trust: trust)
            #expect(verdict.code == code, "\(protected) \(unprotected)")
            #expect(verdict.warnings == warnings, "\(protected) \(unprotected)")
        }
    }

    @Test("name the key in the protected one, or in either where that has none", arguments: ForeignProfile.allCases)
    func keyIdentifiers(profile: ForeignProfile) throws {
        let form = SignedForm(profile: profile, key: key)
        let (kid, other) = (Self.kid, Self.otherKid)
        // A health certificate must name a key; an identity code without one is tried under every trusted key.
        let unnamed = profile == .hcert ? "unknown_issuer" : "ok"
        for (protected, unprotected, code, warnings) in [
            ([kid], [], "ok", []), ([], [kid], "ok", []), ([kid], [kid], "ok", []), ([kid], [other], "ok", []),
            ([other], [kid], "unknown_issuer", []), ([(4, .unsigned(1))], [kid], "unknown_issuer", []),
            ([(4, .byteString([]))], [kid], "unknown_issuer", []),
            ([other], [], "ok", ["kid_mismatch"]), ([], [other], "ok", ["kid_mismatch"]),
            ([], [], unnamed, []), ([(4, .byteString([]))], [], unnamed, []), ([(4, .unsigned(1))], [], unnamed, []),
        ] as [([Parameter], [Parameter], String, [String])] {
            let verdict = try form.verdict([Self.es256] + protected, unprotected, trust: trust)
            #expect(verdict.code == code, "\(protected) \(unprotected)")
            #expect(verdict.warnings == warnings, "\(protected) \(unprotected)")
        }
        let strangers = try (0..<3).map { _ in
            ForeignKey(key: try SigningKey.generate(.es256).verificationKey, identifiers: [])
        }
        let unknown = ForeignTrust(keys: strangers)
        for protected in [[], [kid]] {
            let verdict = try form.verdict([Self.es256] + protected, trust: unknown)
            #expect(!verdict.isAccepted && verdict.result(of: .signature) == .failed)
            let among = try form.verdict(
                [Self.es256] + protected, trust: ForeignTrust(keys: strangers + trust.keys))
            #expect(among.code == (protected.isEmpty ? unnamed : "ok"))
        }
    }

    @Test("name an algorithm by RFC 9053 or RFC 9864, for keys of its curve alone", arguments: ForeignProfile.allCases)
    func algorithmNumbers(profile: ForeignProfile) throws {
        let edwards = try SigningKey.generate(.ed25519)
        let curve384 = try ForeignTrust(Array(Self.generator384.utf8)).keys[0].key
        let keys: [(name: String, signing: SigningKey, trusted: VerificationKey, numbers: Set<Int64>)] = [
            ("P-256", key, key.verificationKey, [-7, -9]), ("Ed25519", edwards, edwards.verificationKey, [-8, -19]),
            // Nobody here signs with P-384: the signature is false, and the algorithm still is or is not the key's.
            ("P-384", key, curve384, [-7]),
        ]
        // EdDSA, ES256, ESP256, Ed25519, ES384, ESP384, ES512, ESP512, Ed448, ES256K, the brainpool curves, PS256.
        for number: Int64 in [-8, -7, -9, -19, -35, -51, -36, -52, -53, -47, -265, -266, -267, -268, -37, 0, 7, 9] {
            for (name, signing, trusted, numbers) in keys {
                let trust = ForeignTrust(keys: [ForeignKey(key: trusted, identifiers: [[1, 2, 3, 4]])])
                let verdict = try SignedForm(profile: profile, key: signing).verdict(
                    [(1, .integer(number)), Self.kid], trust: trust)
                let named = name == "P-384" ? "bad_signature" : "ok"
                #expect(verdict.code == (numbers.contains(number) ? named : "algorithm_mismatch"), "\(name) \(number)")
            }
        }
    }

    /// The generator of P-384 (FIPS 186-4 D.1.2.4) as a public key: a valid point that any program can write down.
    private static let generator384 = """
        {"kty": "EC", "crv": "P-384", "x": "qofKIr6LBTeOscce8yCtdG4dO2KLp5uYWfdB4IJUKjhVAvJdv1UpbDpUXjhydgq3",
        "y": "NhfeSpYmLG9dnpi_kpLcKfj0Hb0omhR86doxE7XwuMAKYLHOHX6BnXpDHXyQ6g5f"}
        """
}

import Compression
import Credential
import Encoding
import Signing

@testable import ForeignCodes
@testable import Gate
@testable import Platform

/// What reaches a gate: codes, bundles, status lists, answers of an issuer's service.
extension FuzzTarget {
    static func runCOSE(_ bytes: [UInt8]) {
        for form in [Form.person, .enterprise, .object] {
            _ = try? UnverifiedCredential(bytes: bytes, form: form)
        }
        _ = try? SignedMessage(foreign: bytes[...], byteCountMax: ForeignToken.inflatedByteCountMax)
    }

    static func runBundle(_ bytes: [UInt8]) {
        _ = try? GateBundle(payload: bytes[...])
    }

    /// A gate's request that is read writes the same request again; the bytes as sealed keys too.
    static func runEnrolment(_ bytes: [UInt8]) {
        _ = try? SealedEpochKeys(payload: bytes[...])
        _ = try? SealedEpochKeys.published(bytes)
        if let rekey = try? UnverifiedRekeyRequest(bytes) {
            precondition((try? UnverifiedRekeyRequest(rekey.json)) == rekey)
        }
        guard let request = try? GateRequest(bytes) else { return }
        precondition((try? GateRequest(request.json)) == request)
    }

    /// A report has one form, and so has what a gate keeps of it; the bytes as each of them.
    static func runReport(_ bytes: [UInt8]) {
        if let report = try? GateReport(String(decoding: bytes, as: UTF8.self)) {
            precondition(report.text.utf8.elementsEqual(bytes) && bytes.count <= GateReport.byteCountMax)
        }
        let digest = Hex.encode(DigestAlgorithm.sha256.digest(bytes))
        if let state = ReportState(Array("\(digest)\n".utf8) + bytes) {
            precondition(ReportState(state.encoded()) == state)
        }
    }

    /// What settlement reads: each form that is read writes the same bytes again, so that none has a second form.
    static func runReceipts(_ bytes: [UInt8]) {
        if let frame = ReceiptFrame(payload: bytes) { precondition(frame.payload() == bytes) }
        if bytes.count >= 24 { _ = ReceiptFrame.payload(in: bytes, byteCount: bytes.count - 24) }
        if let opening = ReceiptOpening(bytes) { precondition(opening.encoded() == bytes) }
        if let closed = ClosedDay(payload: bytes[...]) { precondition(closed.payload() == bytes) }
        precondition((try? ClosedDay(bytes) { _ in nil }) == nil)
        if let openings = try? DrawnOpenings(bytes) { precondition(openings.encoded() == bytes) }
        if let value = try? JSONValue.parse(bytes, byteCountMax: SettlementDraw.byteCountMax),
            let draw = try? SettlementDraw(value)
        {
            precondition((try? SettlementDraw(draw.json)) == draw)
        }
        if let day = SettlementDay(String(decoding: bytes, as: UTF8.self)) {
            precondition(Array(day.text.utf8) == bytes)
        }
    }

    /// A chain that is read writes the same bytes again, and so does every document in it; the bytes as a payload too.
    static func runRoots(_ bytes: [UInt8]) {
        if let documents = try? RootChain.documents(in: bytes) {
            precondition(RootChain.encoded(documents) == bytes)
            for signed in documents {
                precondition(signed.document.encoded() == signed.message.payload)
                let confirmation = RootConfirmation(of: signed, after: nil, root: signed.document.roots[0])
                precondition(confirmation.own.signers.count <= signed.message.signatures.count)
            }
        }
        if let proposal = try? RootProposal(bytes) { precondition(proposal.encoded() == bytes) }
        if let document = try? RootDocument(payload: bytes) { precondition(document.encoded() == bytes) }
    }

    /// The bytes as claims, and packed as the list in them.
    static func runStatusList(_ bytes: [UInt8]) {
        _ = try? StatusListToken(claims: bytes[...])
        if let list = try? Inflate.all(bytes, byteCountMax: 1 << 16) { precondition(list.count <= 1 << 16) }
    }

    /// Claims that are read are the ones that would be written: no second form of a hot list is read.
    static func runHotList(_ bytes: [UInt8]) {
        guard let token = try? HotListToken(claims: bytes[...]) else { return }
        precondition(token.claims() == bytes)
    }

    static func runTransit(_ bytes: [UInt8]) {
        for place in TransitLayout.CustomDataPlace.allCases {
            let layout = TransitLayout(customDataPlace: place)
            let verifier = TransitVerifier(
                network: TransitNetwork(layout: layout, authorities: [:]), skewSeconds: 30, lifeSecondsMax: 120)
            precondition((try? verifier.verified(bytes, at: 1_750_000_000)) == nil)
            _ = TransitCode(bytes, layout: layout)
        }
    }

    /// The bytes as a text, and packed as the inside of one: nothing is ever accepted with no key trusted.
    static func runHealthCertificate(_ bytes: [UInt8]) {
        let trust = ForeignTrust(keys: [])
        var texts = [String(decoding: bytes, as: UTF8.self)]
        if let packed = try? Deflate.all(bytes, search: .runs) { texts.append("HC1:" + Base45.encode(packed)) }
        for text in texts {
            let verdict = ForeignVerifier.verdict(text, profile: .hcert, trust: trust, at: 1_750_000_000)
            precondition(!verdict.isAccepted)
        }
        if let claims = ForeignClaims(bytes[...]), let payload = claims.map[integer: -260]?.map?[integer: 1]?.map {
            _ = HealthCertificateSchema.failure(in: payload)
        }
        _ = try? ForeignTrust(bytes)
        _ = try? HealthValueSets(bytes)
    }

    /// An answer that is whole while more may come is the same answer when nothing does.
    static func runHTTP(_ bytes: [UInt8]) {
        let early = read(bytes, isEnded: false)
        precondition(early == nil || early == read(bytes, isEnded: true))
    }

    private static func read(_ bytes: [UInt8], isEnded: Bool) -> HTTPResponse? {
        var reader = HTTPResponseReader(bodyByteCountMax: HTTPExchange.bodyByteCountMax)
        reader.append(bytes)
        return (try? reader.response(isEnded: isEnded)) ?? nil
    }
}

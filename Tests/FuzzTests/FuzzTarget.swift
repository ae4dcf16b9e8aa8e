/// The parsers that take bytes from strangers, each as a function of arbitrary bytes that must simply return.
///
/// What must also hold for accepted input is checked by a precondition, so that breaking it is a crash to libFuzzer.
enum FuzzTarget: String, CaseIterable {
    case cbor, cose, base45, json, bundle, roots, status, hot, transit, hcert, http
    case image, scan, whole, symbol, payload, framing
    case note, entry, entries, proof, epcis, issued, trail
    case settings, request, backup, enrolment, report, receipts, web, kiosk, jwt, token, bucket

    func run(_ bytes: [UInt8]) {
        switch self {
        case .cbor: Self.runCBOR(bytes)
        case .cose: Self.runCOSE(bytes)
        case .base45: Self.runBase45(bytes)
        case .json: Self.runJSON(bytes)
        case .bundle: Self.runBundle(bytes)
        case .roots: Self.runRoots(bytes)
        case .status: Self.runStatusList(bytes)
        case .hot: Self.runHotList(bytes)
        case .transit: Self.runTransit(bytes)
        case .hcert: Self.runHealthCertificate(bytes)
        case .http: Self.runHTTP(bytes)
        case .image: Self.runImage(bytes)
        case .scan: Self.runScan(bytes)
        case .whole: Self.runWhole(bytes)
        case .framing: Self.runFraming(bytes)
        case .symbol: Self.runSymbol(bytes)
        case .payload: Self.runPayload(bytes)
        case .note: Self.runNote(bytes)
        case .entry: Self.runEntry(bytes)
        case .entries: Self.runEntries(bytes)
        case .proof: Self.runProof(bytes)
        case .epcis: Self.runEPCIS(bytes)
        case .issued: Self.runIssued(bytes)
        case .trail: Self.runTrail(bytes)
        case .settings: Self.runSettings(bytes)
        case .request: Self.runRequest(bytes)
        case .backup: Self.runBackup(bytes)
        case .enrolment: Self.runEnrolment(bytes)
        case .report: Self.runReport(bytes)
        case .receipts: Self.runReceipts(bytes)
        case .web: Self.runWeb(bytes)
        case .kiosk: Self.runKiosk(bytes)
        case .jwt: Self.runSignedToken(bytes)
        case .token: Self.runTokenURI(bytes)
        case .bucket: Self.runBucket(bytes)
        }
    }
}

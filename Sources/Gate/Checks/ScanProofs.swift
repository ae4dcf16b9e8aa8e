/// The gate's own checks of a scan, in their order.
enum ScanCheck: String, Sendable, CaseIterable {
    case signedTime, bundleTerm, noneRefused, holder, domains, read, clock, replay, event
}

/// Every proof that concerns one code alone.
struct AcceptedCode: Sendable {
    let clock: ClockNotBehind
    let bundle: BundleInTerm
    let source: Accepted
}

/// Every proof that the codes in view may be taken together.
struct TogetherProofs: Sendable {
    let noneRefused: NoneRefused
    let holder: OneHolder
    let domains: DomainsIdentified
    let read: AllRead
}

/// Every proof that concerns the whole scan.
struct ScanProofs: Sendable {
    let together: TogetherProofs
    let clock: ClockCompared
    let replay: NotReplayed
    let event: EventRecorded
}

import Credential

extension Scene {
    private static let day: UInt64 = 86_400

    /// The scenes that go into every bundle.
    ///
    /// A hot list may be as old as an outage that the scene's bundle outlives; at a counter it may be an hour old.
    package static let shipped: [Scene] = [
        // A turnstile must work without a network; passing a code back to a second rider is fraud.
        Scene(
            name: "metro-gate", forms: [.person], kinds: [.signed, .chain, .timed], domains: [.transit],
            requiresEntitlement: true, bundleGraceSeconds: day, statusAgeSecondsMax: 2 * day, hotLimitSeconds: day,
            isReplayRefused: true,
            delegationScope: DelegationScope.transit),
        Scene(
            name: "bus", forms: [.person], kinds: [.signed, .chain, .timed], domains: [.transit],
            requiresEntitlement: true, bundleGraceSeconds: 2 * day, statusAgeSecondsMax: 3 * day,
            hotLimitSeconds: 2 * day,
            isReplayRefused: true, delegationScope: DelegationScope.transit),
        // A hospital admits everybody; billing over the code needs the medical link.
        Scene(
            name: "hospital", forms: [.person], kinds: [.signed, .chain, .timed, .paper], domains: [.medical],
            bundleGraceSeconds: day, statusAgeSecondsMax: 2 * day, hotLimitSeconds: day, isOnlineAllowed: true,
            delegationScope: DelegationScope.medical),
        // A hospital's bus for insured patients: both identities, from one code's seals or from two codes.
        Scene(
            name: "hospital-shuttle", forms: [.person], kinds: [.signed, .chain, .timed],
            domains: [.medical, .transit], requiresEntitlement: true, bundleGraceSeconds: day,
            statusAgeSecondsMax: 2 * day, hotLimitSeconds: day, isOnlineAllowed: true, isReplayRefused: true,
            delegationScope: DelegationScope.transit | DelegationScope.medical),
        Scene(
            name: "park", forms: [.person], kinds: [.signed, .chain, .timed, .paper], bundleGraceSeconds: 3 * day,
            statusAgeSecondsMax: 4 * day, hotLimitSeconds: 3 * day, isReplayRefused: true,
            delegationScope: DelegationScope.entry),
        Scene(
            name: "library", forms: [.person], kinds: [.signed, .chain, .timed, .paper],
            bundleGraceSeconds: 3 * day, statusAgeSecondsMax: 4 * day, hotLimitSeconds: 3 * day, isReplayRefused: true,
            delegationScope: DelegationScope.entry),
        // A counter acts in the holder's name: it takes only a phone's signature over the counter's own challenge.
        Scene(
            name: "service-window", forms: [.person], kinds: [.signed], statusAgeSecondsMax: day, hotLimitSeconds: 3600,
            isOnlineAllowed: true, isReplayRefused: true, isChallengeRequired: true,
            delegationScope: DelegationScope.service),
        Scene(
            name: "place-checkin", forms: [.object], objectKinds: [.place], bundleGraceSeconds: 7 * day,
            statusAgeSecondsMax: 14 * day, hotLimitSeconds: 7 * day, isOnlineAllowed: true),
        Scene(
            name: "enterprise-inspection", forms: [.enterprise], bundleGraceSeconds: 7 * day,
            statusAgeSecondsMax: 14 * day, hotLimitSeconds: 7 * day, isOnlineAllowed: true),
        Scene(
            name: "object-inspection", forms: [.object], objectKinds: [.object, .place],
            bundleGraceSeconds: 7 * day, statusAgeSecondsMax: 14 * day, hotLimitSeconds: 7 * day, isOnlineAllowed: true),
    ]
}

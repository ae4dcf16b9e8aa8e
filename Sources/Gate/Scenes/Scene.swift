package import Credential

/// The codes that one kind of gate takes, and its limits; part of the bundle.
package struct Scene: Sendable, Equatable {
    /// The longest life that any scene may give a presentation, so that the replay store can forget.
    package static let presentationAgeSecondsMax: UInt64 = 120
    /// The most that any gate may let a phone's clock be ahead; with the longest life of a showing it fits into the
    /// replay store's window.
    package static let clockSkewSecondsMax = ReplayStore.windowSeconds - presentationAgeSecondsMax

    /// How far a phone's clock may be ahead unless the scene says otherwise.
    package static let clockSkewSecondsDefault: UInt64 = 15

    /// How old a hot list may be unless the scene says otherwise: a day.
    package static let hotLimitSecondsDefault: UInt64 = 86_400

    package let name: String
    package var forms: Set<Form>
    /// Kinds of person code; a scene that takes paper takes lower assurance.
    package var kinds: Set<PersonKind>
    /// Kinds of object code.
    package var objectKinds: Set<ObjectKind>
    /// The domains whose seals the scene opens.
    package var domains: Set<SealDomain>
    /// Whether a holder without an identity in one of the domains is turned away (`no_entitlement`).
    package var requiresEntitlement: Bool
    /// How old a signature of the phone may be.
    package var presentationAgeSecondsMax: UInt64
    /// How far a phone's clock may be ahead.
    package var clockSkewSeconds: UInt64
    /// How long after its expiry a bundle is still used; the verdict then says `stale`.
    package var bundleGraceSeconds: UInt64
    /// How old a status list may be.
    package var statusAgeSecondsMax: UInt64
    /// How old a gate's newest hot list may be, once the gate has had one; nil in bundles of previous versions, where
    /// ``statusAgeSecondsMax`` alone counts.
    package var hotLimitSeconds: UInt64?
    package var isOnlineAllowed: Bool
    package var isReplayRefused: Bool
    package var isChallengeRequired: Bool
    /// The scope bits that a delegated code needs, all of them; 0 if the scene refuses delegation.
    package var delegationScope: UInt64

    package init(
        name: String, forms: Set<Form>, kinds: Set<PersonKind> = [], objectKinds: Set<ObjectKind> = [],
        domains: Set<SealDomain> = [], requiresEntitlement: Bool = false, presentationAgeSecondsMax: UInt64 = 30,
        clockSkewSeconds: UInt64 = clockSkewSecondsDefault, bundleGraceSeconds: UInt64 = 0,
        statusAgeSecondsMax: UInt64 = 86_400, hotLimitSeconds: UInt64? = hotLimitSecondsDefault,
        isOnlineAllowed: Bool = false, isReplayRefused: Bool = false, isChallengeRequired: Bool = false,
        delegationScope: UInt64 = 0
    ) {
        self.name = name
        self.forms = forms
        self.kinds = kinds
        self.objectKinds = objectKinds
        self.domains = domains
        self.requiresEntitlement = requiresEntitlement
        self.presentationAgeSecondsMax = presentationAgeSecondsMax
        self.clockSkewSeconds = clockSkewSeconds
        self.bundleGraceSeconds = bundleGraceSeconds
        self.statusAgeSecondsMax = statusAgeSecondsMax
        self.hotLimitSeconds = hotLimitSeconds
        self.isOnlineAllowed = isOnlineAllowed
        self.isReplayRefused = isReplayRefused
        self.isChallengeRequired = isChallengeRequired
        self.delegationScope = delegationScope
    }
}

extension Scene {
    /// Whether the scene takes persons' codes of another issuer for their identity in a domain.
    func fuses(_ domain: SealDomain) -> Bool { forms.contains(.person) && domains.contains(domain) }
}

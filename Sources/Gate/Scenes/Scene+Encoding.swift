import Credential
import Encoding

extension Scene {
    /// The scene as a record of the bundle.
    var item: CBORItem {
        var fields: [(String, CBORItem)] = [
            ("name", .text(name)),
            ("forms", .array(Form.allCases.filter(forms.contains).map { .text($0.name) })),
            ("kinds", .array(PersonKind.allCases.filter(kinds.contains).map { .text($0.name) })),
            ("objectKinds", .array(ObjectKind.allCases.filter(objectKinds.contains).map { .text($0.name) })),
            ("domains", .array(SealDomain.allCases.filter(domains.contains).map { .text($0.rawValue) })),
            ("requiresEntitlement", .bool(requiresEntitlement)),
            ("presentationAgeSecondsMax", .unsigned(presentationAgeSecondsMax)),
            ("clockSkewSeconds", .unsigned(clockSkewSeconds)),
            ("bundleGraceSeconds", .unsigned(bundleGraceSeconds)),
            ("statusAgeSecondsMax", .unsigned(statusAgeSecondsMax)),
            ("isOnlineAllowed", .bool(isOnlineAllowed)),
            ("isReplayRefused", .bool(isReplayRefused)),
            ("isChallengeRequired", .bool(isChallengeRequired)),
            ("delegationScope", .unsigned(delegationScope)),
        ]
        if let hotLimitSeconds { fields.append(("hotLimitSeconds", .unsigned(hotLimitSeconds))) }
        return .record(fields)
    }

    init(_ item: CBORItem) throws(BundleError) {
        let fields = try DocumentFields(item, in: "a scene")
        try self.init(
            name: fields.text("name"),
            forms: Set(fields.values("forms", countMax: 3) { name in Form.allCases.first { $0.name == name } }),
            kinds: Set(fields.values("kinds", countMax: 4, PersonKind.init(name:))),
            objectKinds: Set(fields.values("objectKinds", countMax: 2, ObjectKind.init(name:))),
            domains: Set(fields.values("domains", countMax: 2, SealDomain.init(rawValue:))),
            requiresEntitlement: fields.bool("requiresEntitlement"),
            presentationAgeSecondsMax: fields.unsigned("presentationAgeSecondsMax"),
            clockSkewSeconds: fields.unsigned("clockSkewSeconds"),
            bundleGraceSeconds: fields.unsigned("bundleGraceSeconds"),
            statusAgeSecondsMax: fields.unsigned("statusAgeSecondsMax"),
            hotLimitSeconds: fields["hotLimitSeconds"] == nil ? nil : fields.unsigned("hotLimitSeconds"),
            isOnlineAllowed: fields.bool("isOnlineAllowed"), isReplayRefused: fields.bool("isReplayRefused"),
            isChallengeRequired: fields.bool("isChallengeRequired"),
            delegationScope: fields.unsigned("delegationScope"))
        guard presentationAgeSecondsMax <= Self.presentationAgeSecondsMax else {
            throw fields.invalidMember("presentationAgeSecondsMax")
        }
        guard clockSkewSeconds <= Self.clockSkewSecondsMax else { throw fields.invalidMember("clockSkewSeconds") }
        // The replay store keeps names of this length, without spaces.
        guard (1...ReplayStore.sceneNameByteCount).contains(name.utf8.count), name.utf8.allSatisfy({ $0 > 0x20 }) else {
            throw fields.invalidMember("name")
        }
    }
}

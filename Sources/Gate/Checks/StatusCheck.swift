import Credential
import ForeignCodes

/// The status lists are recent enough, and the code's bits are not set in them.
struct NotRevoked: Proof {
    static let check = SuishenCheck.status

    /// Looks each of the code's indices up in its own shard.
    init(
        _ code: SignedCode, in lists: StatusStore, of scene: Scene, at now: UInt64, skewSeconds: UInt64
    ) throws(Refusal) {
        guard let list = code.claims.statusList else { return }
        for index in code.claims.statusIndices {
            let (shard, bit): (OpenedStatusList, UInt64)
            do throws(BundleError) {
                (shard, bit) = try lists.bit(of: index, in: list, at: now, skewSeconds: skewSeconds)
            } catch {
                throw Refusal(.statusUnknown, error.reason, hint: error.hint)
            }
            // A set bit is never cleared, so an old list still tells which codes to refuse. Nil does not occur here.
            if shard.list.isRevoked(bit) != false { throw Refusal(.revoked, "the code is revoked") }
            let hotList: HotList
            do throws(BundleError) {
                hotList = try lists.hotList(at: now, skewSeconds: skewSeconds)
            } catch {
                throw Refusal(.statusUnknown, error.reason, hint: error.hint)
            }
            if hotList.isRevoked(bit, in: shard.reference) {
                throw Refusal(.revoked, "the code is revoked, and its full list does not say so yet")
            }
            // The bundle states the least time of its lists; an older list has replaced a newer one.
            if shard.isOutdated { throw Refusal(shard.outdated) }
            do throws(BundleError) {
                try shard.checkNotAhead(of: now, skewSeconds: skewSeconds)
            } catch {
                throw Refusal(error)
            }
            let (limit, overflows) = shard.list.issuedAt.addingReportingOverflow(scene.statusAgeSecondsMax)
            guard now < shard.list.expiresAt, overflows || now <= limit else {
                throw Refusal(
                    .statusUnknown, "the status list \(shard.reference.name) of \(shard.list.issuedAt) is too old")
            }
            try Self.checkNews(hotList, of: shard, in: scene, at: now)
        }
    }

    /// Refuses to decide when the gate has had a hot list, and its newest news of this list is older than the scene
    /// allows.
    private static func checkNews(
        _ hotList: HotList, of shard: OpenedStatusList, in scene: Scene, at now: UInt64
    ) throws(Refusal) {
        guard let limit = scene.hotLimitSeconds, let time = hotList.newsTime(of: shard, at: now) else { return }
        let (end, overflows) = time.addingReportingOverflow(limit)
        guard overflows || now <= end else {
            throw Refusal(
                .statusUnknown, "the gate's news of the status list \(shard.reference.name) of \(time) is too old",
                hint: "fetch the newest hot list and status lists")
        }
    }
}

import Encoding
import Platform
import Storage

extension IssuerOperation {
    /// Shows that the service answers, its issuer, whether its log takes events, which root document or key ends soon,
    /// and how much room there is.
    ///
    /// The log's state is `ok`, `log_checking` while the log is read at a start, `tiles_silent` or `tiles_refused` while
    /// object storage takes nothing, or the code of another error.
    ///
    /// `capacity` has the registry's bytes and the room of the disks, as the daemon's last look found them; a disk that
    /// will be full within a week is among the warnings.
    ///
    /// Where the daemon publishes, `publish` is `ok` or the code of the error that keeps the tree from being up to date.
    ///
    /// Where the daemon asks witnesses, `witnesses` has each one's name, the size that it cosigned last, the age of that
    /// cosignature, and the code of its last error.
    ///
    /// - Throws: the error of the clock while nothing is signed for it; `schema_newer` once this version cannot change the
    ///   tables any more; the error of the last change, publication or beat while the disk does not take it; `disk_full`
    ///   while the disk of the registry or of the log has no room at all, also when nothing was written since.
    package static let health = inquiry("health") { service, _, caller in
        if let error = service.clockObstacle(atMilliseconds: caller.nowMilliseconds) { throw error }
        let healths = [
            service.leaseHealth, service.writeHealth, service.log.publishHealth, service.acts.log.publishHealth,
            service.actsHealth, service.beatHealth,
        ]
        for health in healths {
            guard let failure = health.obstacle(in: service.state.path) else { continue }
            throw OperationError(
                code: failure.code, reason: "the last write failed: \(failure.reason)", hint: failure.hint,
                errorClass: failure.errorClass)
        }
        for folder in [service.state.path] + LogName.allCases.map(service.state.folder) where WriteHealth.isFull(folder)
        {
            throw OperationError(
                code: StorageError.Code.diskFull.rawValue, reason: "the disk of \(folder) has no room",
                hint: "free some space; nothing can be changed until then", errorClass: .later)
        }
        var answer: JSONObject = [
            "status": "ok", "issuer": .string(service.settings.issuer),
            "log": .string(service.log.fault?.code ?? "ok"),
            "acts": .string(service.acts.log.fault?.code ?? "ok"),
            "warnings": .array((try service.endWarnings(at: caller.now) + service.diskWarnings).map(\.json)),
            "capacity": service.capacity(at: caller.now),
        ]
        if service.settings.publish != nil {
            answer["publish"] = .string(service.treeHealth.error?.code ?? "ok")
        }
        if let witnesses = service.witnessReport(at: caller.now) { answer["witnesses"] = witnesses }
        return OperationAnswer(json: .object(answer))
    }
}

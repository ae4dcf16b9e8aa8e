import Encoding
import Storage
import TraceLog

extension IssuerOperation {
    /// A log's identity for auditors: `{"origin", "key", "checkpoint", "witnessPolicy"}`, each in C2SP's format.
    package static let describeLog = reading("log", takes: ["log"]) { service, request, _ in
        let log = try service.log(named: request)
        let checkpoint = try await service.leavingCheckpoint(of: log)
        let policy = log.store.name == .trace ? try service.witnessPolicy() : nil
        return OperationAnswer(json: [
            "origin": .string(log.key.name), "key": .string(log.key.vkey),
            "checkpoint": checkpoint.map { .string(String(decoding: $0, as: UTF8.self)) } ?? .null,
            "witnessPolicy": policy.map(JSONValue.string) ?? .null,
        ])
    }

    /// A file of the published trace log by its path in the tlog-tiles layout; every other path is refused.
    package static let logFile = reading("log.file", takes: ["path"]) { service, request, _ in
        try await service.file(try request.string("path"), of: service.log)
    }

    /// A file of the published log of acts, or of the issued codes; every other path is refused.
    package static let actsFile = reading("acts.file", takes: ["path"]) { service, request, _ in
        let path = try request.string("path")
        if IssuedStatement.isPath(path), let bytes = try service.acts.log.files.servedTiles.read(path) {
            return OperationAnswer(bytes: bytes, type: "application/octet-stream")
        }
        return try await service.file(path, of: service.acts.log)
    }
}

extension IssuingService {
    /// The log of the service's own acts.
    package var actsLog: InstallationLog { acts.log }

    /// The log that a request names in `log`: `log` for the trace log, which is the default, or `acts`.
    func log(named request: RequestFields) throws(OperationError) -> InstallationLog {
        let name = try request.optionalString("log") ?? LogName.trace.rawValue
        switch LogName(rawValue: name) {
        case .trace: return log
        case .acts: return acts.log
        case nil:
            throw OperationError(
                code: .requestMalformed, reason: "`log` names no log of this installation",
                hint: "name \(LogName.allCases.map(\.rawValue).joined(separator: " or "))")
        }
    }

    fileprivate func file(_ path: String, of log: InstallationLog) async throws -> OperationAnswer {
        let tiles = log.files.servedTiles
        if path == PublishedCheckpoint.name {
            try log.store.checkFloor()
            if let bytes = try await leavingCheckpoint(of: log) {
                return OperationAnswer(bytes: bytes, type: "text/plain; charset=utf-8")
            }
        }
        let bytes =
            if let head = HeadsList.parse(path: path) {
                try tiles.read(head.folder + head.tile.path)
            } else {
                try TilePath(path: path).flatMap { tile in try tiles.published(tile) }
            }
        guard let bytes else {
            throw OperationError(
                code: .logFileMissing, reason: "the published log has no such file",
                hint: "get `checkpoint`, then the tiles of its size by their names in C2SP tlog-tiles")
        }
        return OperationAnswer(bytes: bytes, type: "application/octet-stream")
    }
}

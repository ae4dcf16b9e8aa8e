import Encoding
import Storage
import TraceLog

extension IssuerOperation {
    /// The log's identity for auditors: `{"origin", "key", "checkpoint", "witnessPolicy"}`, each in C2SP's format.
    package static let describeLog = reading("log") { service, _, _ in
        let checkpoint = try await service.leavingCheckpoint()
        let policy = try service.witnessPolicy()
        return OperationAnswer(json: [
            "origin": .string(service.log.key.name), "key": .string(service.log.key.vkey),
            "checkpoint": checkpoint.map { .string(String(decoding: $0, as: UTF8.self)) } ?? .null,
            "witnessPolicy": policy.map(JSONValue.string) ?? .null,
        ])
    }

    /// A file of the published log by its path in the tlog-tiles layout; every other path is refused.
    package static let logFile = reading("log.file", takes: ["path"]) { service, request, _ in
        let path = try request.string("path")
        let tiles = service.log.tiles
        if path == PublishedCheckpoint.name {
            try service.log.store.checkFloor()
            if let bytes = try await service.leavingCheckpoint() {
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

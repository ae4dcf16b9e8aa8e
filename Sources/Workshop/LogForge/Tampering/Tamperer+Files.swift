import TraceLog

extension Tamperer {
    /// A log changed by somebody who can change its files only.
    func fileTampered(_ way: Tampering) throws -> TamperedLog {
        let index = UInt64(target)
        let bundle = index / UInt64(TilePath.fullWidth)
        let position = target % TilePath.fullWidth
        switch way {
        case .flipEntry:
            let (path, content) = try file(.entries, bundle)
            var bytes = content
            let end = try EntryBundle(bytes: bytes, width: path.width).ranges[position].upperBound
            // The last bytes of a plain event are its last text, an empty list and null.
            bytes[end - 5] ^= 1
            return changed(path.path, bytes, .init("leaf_mismatch", index: index, object: targetObject))
        case .flipTile:
            var (path, bytes) = try file(.hashes(level: 0), bundle)
            bytes[position * MerkleHash.byteCount] ^= 0x80
            return changed(path.path, bytes, .init("tile_mismatch", index: index, object: targetObject))
        case .flipUpperTile:
            var (path, bytes) = try file(.hashes(level: 1), 0)
            bytes[3] ^= 4
            return changed(path.path, bytes, .init("tile_mismatch", index: 0))
        case .foreignTile:
            let path = try file(.hashes(level: 0), 0).path
            let other = try file(.hashes(level: 0), 1).bytes
            return changed(path.path, other, .init("tile_mismatch", index: 0, object: decoded[0].object.bytes))
        case .stalePartialTile:
            let last = checkpoint.size - 1
            var (path, bytes) = try file(.hashes(level: 0), last / UInt64(TilePath.fullWidth))
            bytes.removeLast(MerkleHash.byteCount)
            let object = decoded[Int(last)].object.bytes
            return changed(path.path, bytes, .init("tile_mismatch", index: last, object: object))
        case .missingBundle:
            let path = try file(.entries, bundle).path
            return changed(path.path, nil, .init("truncated", index: bundle * UInt64(TilePath.fullWidth)))
        case .longBundle:
            let (path, bytes) = try file(.entries, (checkpoint.size - 1) / UInt64(TilePath.fullWidth))
            let extra = bytes + [UInt8](repeating: 0xA5, count: 1000)
            return changed(path.path, extra, .init("malformed_entry", index: checkpoint.size))
        case .flipHeadsList: return try headsFlipped()
        default:
            var bytes = checkpointBytes
            // The first digit of the size.
            bytes[checkpoint.origin.utf8.count + 1] ^= 1
            return changed("checkpoint", bytes, .init("checkpoint_signature"))
        }
    }

    private func headsFlipped() throws -> TamperedLog {
        let newest = decoded.indices.reversed().first { decoded[$0].event.kind == .heads }
        guard let newest, case .heads(let statement) = decoded[newest].event else {
            throw Self.unfit("it has no heads entry")
        }
        let width = TilePath.width(kind: .entries, index: 0, size: statement.objectCount)
        let path =
            HeadsList.folder(of: UInt64(newest)) + TilePath(kind: .entries, index: 0, width: width).path
        guard var bytes = try source.read(path, byteCountMax: EntryBundle.byteCountMax) else {
            throw Self.unfit("it publishes no heads list")
        }
        bytes[bytes.count / 2] ^= 1
        return changed(path, bytes, .init("heads_mismatch", index: UInt64(newest), object: []))
    }

    private func file(_ kind: TilePath.Kind, _ index: UInt64) throws -> (path: TilePath, bytes: [UInt8]) {
        let path = TilePath(
            kind: kind, index: index, width: max(1, TilePath.width(kind: kind, index: index, size: checkpoint.size)))
        guard let bytes = try source.read(path.path, byteCountMax: EntryBundle.byteCountMax) else {
            throw Self.unfit("\(path.path) is missing")
        }
        return (path, bytes)
    }

    private func changed(_ path: String, _ bytes: [UInt8]?, _ expected: TamperedLog.Expectation) -> TamperedLog {
        TamperedLog(changes: [path: bytes], expected: expected)
    }
}

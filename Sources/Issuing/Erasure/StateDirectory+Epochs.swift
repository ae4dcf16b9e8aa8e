import Glibc
import ObjectStorage
import Signing

extension StateDirectory {
    /// The place of this installation's epoch keys, outside its folder, so that copies of the folder do not have them.
    ///
    /// - Parameters:
    ///   - settings: may name a path or a bucket; the default is `DIR.epochs` beside the folder.
    ///   - registrySecret: seals the keys in a bucket.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`, where the bucket's keys are a credential.
    ///   - random: the source of nonces, and of the name of the object that the service is tried with.
    /// - Returns: the place, where there may be no keys.
    /// - Throws: `state_missing`; `settings_invalid` for a path inside the folder; the error of the bucket's keys.
    func epochs(
        _ settings: Settings, registrySecret: @autoclosure () throws -> [UInt8], credentialFolder: String?,
        random: any RandomSource
    ) throws(OperationError) -> any EpochPlace {
        if let path = try epochFolder(settings) { return EpochFolder(path: path) }
        do {
            let client = try settings.tiles.client(for: settings.epochKeys, credentialFolder: credentialFolder)
            return EpochBucket(
                client, probe: S3Probe(client, random: random),
                sealing: try EpochKeySealing(registrySecret: registrySecret(), random: random))
        } catch {
            throw OperationError(any: error)
        }
    }

    /// The folder of the epoch keys; nil where the settings name a bucket.
    ///
    /// - Throws: `state_missing`, or `settings_invalid` for a path inside the folder.
    func epochFolder(_ settings: Settings) throws(OperationError) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { throw missing }
        defer { unsafe free(resolved) }
        let folder = unsafe String(cString: resolved)
        guard let named = settings.epochKeys else { return folder + ".epochs" }
        guard !S3Place.isLocation(named) else { return nil }
        guard named != folder, !Self.isInside(named, folder) else {
            throw OperationError(
                code: .settingsInvalid,
                reason: "`epochKeys` names a folder inside \(folder), so copies would contain it",
                hint: "name a folder outside it, best on another disk, or set it to `beside`")
        }
        return named
    }
}

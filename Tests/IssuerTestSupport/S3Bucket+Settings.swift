import HardwareKeys
package import Issuing
package import TestSupport

extension S3Bucket {
    /// The prefix of the logs; beat and epoch keys lie beside it.
    package static let tilesPrefix = "city/one"

    /// Settings of an installation whose beat and epoch keys lie in this bucket, as several daemons need it.
    ///
    /// - Parameter folder: gets the file of the bucket's keys.
    /// - Returns: the settings, for a new installation.
    /// - Throws: the error of the file.
    package func settings(keysIn folder: ScratchFolder) throws -> Settings {
        let keys = try folder.write(Self.credentials(), to: "keys.aws", mode: 0o400)
        var settings = Settings()
        settings.tiles.endpoint = endpoint
        settings.tiles.credentials = PINSource("file:\(keys)")
        settings.tiles.location = "s3://\(name)/\(Self.tilesPrefix)"
        settings.beat = "s3://\(name)/closed"
        settings.epochKeys = "s3://\(name)/epochs"
        return settings
    }
}

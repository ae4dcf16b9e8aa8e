package import HardwareKeys
import ObjectStorage
import Platform
import Signing
import Storage

/// Where the settings put the published files of the logs.
package struct TileSettings: Sendable, Equatable {
    /// `s3://BUCKET/PREFIX`; nil for the installation's folder.
    package var location: String?
    /// The address of the service; nil for none.
    package var endpoint: String?
    /// The region that requests are signed for.
    package var region = "us-east-1"
    /// The place of the keys; nil for none.
    package var credentials: PINSource?

    package init() {}

    /// A place in the service; nil where its parts do not fit together.
    private func place(_ location: String) -> S3Place? {
        endpoint.flatMap { S3Place(location, endpoint: $0, region: region) }
    }

    /// A client for a bucket of the service.
    ///
    /// - Parameters:
    ///   - location: the bucket and the beginning of every key.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`, where the bucket's keys are a credential.
    /// - Returns: the client, which has asked nothing yet.
    /// - Throws: `settings_invalid`, `tiles_credentials`, or the error of the credentials' file.
    func client(for location: String?, credentialFolder: String?) throws -> S3Client {
        guard let place = location.flatMap(place), let credentials else {
            // The settings' reader refuses such a file.
            throw OperationError(
                code: .settingsInvalid, reason: "a bucket lacks its endpoint or credentials",
                hint: "set `tilesEndpoint` and `tilesCredentials`")
        }
        var bytes = try credentials.read(credentialFolder: credentialFolder)
        defer { SecretFile.wipe(&bytes) }
        // Each request states this machine's time to the service, also where a caller names the time of an operation.
        return S3Client(
            place, credentials: try S3Credentials(bytes: bytes),
            nowMilliseconds: MachineClocks.system.wallMilliseconds)
    }

    /// Checks a setting that may name a bucket.
    ///
    /// - Parameters:
    ///   - setting: the setting's name.
    ///   - text: its value; a path is no bucket.
    /// - Returns: the mistake in words; nil where there is none.
    func mistake(of setting: String, _ text: String?) -> String? {
        guard let text, S3Place.isLocation(text) else { return nil }
        guard endpoint != nil, credentials != nil else {
            return "`\(setting)` needs `tilesEndpoint` and `tilesCredentials`"
        }
        guard let place = place(text) else {
            return "`\(setting)` has a dot in the bucket's name, which a certificate of `tilesEndpoint` with *. does "
                + "not cover"
        }
        guard setting != "tiles", let tiles = location.flatMap(self.place), tiles.bucket == place.bucket,
            place.prefix.hasPrefix(tiles.prefix)
        else { return nil }
        return "`\(setting)` lies at or below `tiles`, which everybody may read"
    }
}

extension Settings {
    static let tilesLocation = text(
        "tiles",
        """
        where the files of both logs are published: in the folder, or in a bucket of object storage, which auditors
        then read without the daemon; the service must honour If-None-Match and If-Match on PUT, which is tried
        """,
        "s3://BUCKET, s3://BUCKET/PREFIX, or none for the folder", \.tiles.location, S3Place.isLocation)

    static let tilesEndpoint = text(
        "tilesEndpoint",
        """
        the address of the object storage that `tiles` names; with *. before the host, the bucket's name is part of
        the host's
        """,
        "https://HOST[:PORT], https://*.HOST[:PORT], the same with http for this machine, or none",
        \.tiles.endpoint, S3Place.isEndpoint)

    static let tilesRegion = Field(
        name: "tilesRegion", comment: "the region that requests to the object storage are signed for",
        takes: "a region's name like eu-central-1"
    ) {
        if S3Place.isRegion($0) { $1.tiles.region = $0 }
        return S3Place.isRegion($0)
    } write: {
        SettingsLine.written($0.tiles.region)
    }

    static let tilesCredentials = Field(
        name: "tilesCredentials",
        comment: """
            the place of the object storage's keys: a file with mode 0400 or a credential of the unit, which has the
            lines `aws_access_key_id = ID` and `aws_secret_access_key = SECRET`
            """,
        takes: "file:/PATH, credential:NAME or none"
    ) {
        guard $0 != "none" else {
            $1.tiles.credentials = nil
            return true
        }
        guard let source = PINSource($0) else { return false }
        $1.tiles.credentials = source
        return true
    } write: {
        $0.tiles.credentials.map { SettingsLine.written($0.text) } ?? "none"
    }

    private static func text(
        _ name: String, _ comment: String, _ takes: String,
        _ path: any WritableKeyPath<Settings, String?> & Sendable, _ isValid: @escaping @Sendable (String) -> Bool
    ) -> Field {
        Field(name: name, comment: comment, takes: takes) {
            guard $0 != "none" else {
                $1[keyPath: path] = nil
                return true
            }
            if isValid($0) { $1[keyPath: path] = $0 }
            return isValid($0)
        } write: {
            $0[keyPath: path].map(SettingsLine.written) ?? "none"
        }
    }
}

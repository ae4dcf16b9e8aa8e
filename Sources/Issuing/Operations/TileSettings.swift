package import HardwareKeys
import ObjectStorage

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

    /// The bucket; nil where none is named, or its parts do not fit together.
    var place: S3Place? {
        guard let location, let endpoint else { return nil }
        return S3Place(location, endpoint: endpoint, region: region)
    }

    /// What is missing or does not fit, in words; nil where nothing does.
    var mistake: String? {
        guard location != nil else { return nil }
        guard endpoint != nil, credentials != nil else {
            return "`tiles` needs `tilesEndpoint` and `tilesCredentials`"
        }
        return place == nil
            ? "`tiles` has a dot in the bucket's name, which a certificate of `tilesEndpoint` with *. does not cover"
            : nil
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

import Encoding
import ObjectStorage
import Platform
import Signing
import TestSupport
import Testing

@testable import Storage

/// A bucket of the tests' server, opened as a daemon opens it.
struct OpenBucket {
    let bucket: S3Bucket
    let client: S3Client
    let probe: S3Probe
    let tiles: S3TileStore
    let register: S3CheckpointRegister

    /// Opens a new bucket, or one that another publisher has opened too.
    init(
        _ shared: S3Bucket? = nil, keys: (access: String, secret: String) = S3Bucket.keys, prefix: String = "/a/b",
        endpoint: String? = nil, limits: S3Limits = .init(), skewMilliseconds: Int64 = 0
    ) throws {
        let bucket = try shared ?? S3Bucket()
        let place = try #require(
            S3Place("s3://\(bucket.name)\(prefix)", endpoint: endpoint ?? bucket.endpoint, region: "eu-central-1"))
        client = S3Client(place, credentials: try S3Credentials(bytes: S3Bucket.credentials(keys)), limits: limits) {
            WallClock.milliseconds().advanced(by: Int(skewMilliseconds))
        }
        probe = S3Probe(client, random: SystemRandom())
        tiles = S3TileStore(client, folder: "log", probe: probe)
        register = S3CheckpointRegister(client, folder: "log", probe: probe)
        self.bucket = bucket
    }

    /// Short limits, for a service that never answers well.
    static var hasty: S3Limits {
        var limits = S3Limits()
        limits.callMilliseconds = 400
        limits.firstPauseMilliseconds = 10
        return limits
    }

    /// One request that the bucket got.
    struct Request {
        let method: String
        let path: String
        let fields: JSONValue
    }

    func requests() throws -> [Request] {
        let told = try JSONValue.parse(bucket.requests(), byteCountMax: 64 << 20)
        return try (told["requests"]?.array ?? []).map { request in
            Request(
                method: try #require(request["method"]?.string), path: try #require(request["path"]?.string),
                fields: try #require(request["fields"]))
        }
    }

    /// The most writes that were under way at once.
    func mostAtOnce() throws -> Int64 {
        try #require(JSONValue.parse(bucket.requests(), byteCountMax: 64 << 20)["atOnce"]?.integer)
    }
}

/// Writes one file and waits until it is certain.
func writeCertainly(_ bytes: [UInt8], at path: String, in tiles: any TileStore) throws {
    try tiles.writeOnce(bytes, at: path)
    try tiles.sync([path])
}

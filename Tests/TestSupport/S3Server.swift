import Glibc

/// Object storage for tests: moto (PyPI) behind a gate that checks every signature with botocore and makes faults.
///
/// One server serves all tests of a process, each in a bucket of its own. It ends with the process.
package final class S3Server: Sendable {
    private static let python = ProjectFiles.root + "/.venv/bin/python"

    /// Whether Python and moto are there; says once what is skipped where they are not.
    package static let isAvailable: Bool = {
        let program = "import importlib.util as i, sys; sys.exit(not (i.find_spec('moto') and i.find_spec('flask')))"
        if ProjectFiles.exists(python), let run = try? Program(path: python).run(["-c", program]), run.status == 0 {
            return true
        }
        print("skipped: tests of object storage; tools/setup --python installs moto for them")
        return false
    }()

    /// The server of this process.
    package static let shared = Result { try S3Server() }

    package let port: Int
    private let process: PythonServer

    private init() throws {
        let folder = try ScratchFolder()
        process = try PythonServer(
            path: Self.python, ["\(ProjectFiles.root)/tools/s3_server.py", folder("port")], portFile: folder("port"))
        port = process.port
    }

    /// The keys of all objects of a bucket, past every fault.
    package func keys(of bucket: S3Bucket) throws -> [String] {
        let told = String(decoding: try tell("/~keys?\(bucket.name)", ""), as: UTF8.self)
        return told.split(separator: "\n").map(String.init)
    }

    /// An object's bytes, past every fault; it must be there.
    package func object(_ key: String, in bucket: S3Bucket) throws -> [UInt8] {
        try tell("/~object?\(bucket.name)/\(key)", "")
    }

    /// Gives an order to the gate, or asks it; returns the answer's body.
    func tell(_ path: String, _ body: String) throws -> [UInt8] {
        let connection = try WebConnection(port: UInt16(port))
        connection.send(
            Array(
                """
                POST \(path) HTTP/1.1\r
                Host: localhost\r
                Connection: close\r
                Content-Length: \(body.utf8.count)\r
                \r
                \(body)
                """.utf8))
        guard let answer = WireAnswer(connection.readToEnd()), answer.status == 200 else {
            throw MissingFile(path: "tools/s3_server.py\(path)")
        }
        return answer.body
    }
}

/// A bucket of the server for one test.
package struct S3Bucket: Sendable {
    /// The identifier and the secret of keys that may do everything, and of keys that every bucket is closed to.
    package static let keys = (access: "AKIATESTONLY", secret: "test-only/secret+of=the/object.storage")
    package static let strangerKeys = (access: "AKIAOTHERTEST", secret: "another/test-only+secret")

    package let name: String
    package let server: S3Server

    /// Makes an empty bucket.
    package init() throws {
        server = try S3Server.shared.get()
        name = "test-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try order(#""make": true"#)
    }

    package var endpoint: String { "http://127.0.0.1:\(server.port)" }

    /// Gives an order about this bucket; tools/s3_server.py says which there are.
    ///
    /// - Parameter members: members of a JSON object, such as `"fault": "503", "method": "PUT"`.
    /// - Throws: ``MissingFile`` when the gate does not take it.
    package func order(_ members: String) throws {
        _ = try server.tell("/~faults", "{\"bucket\": \"\(name)\", \(members)}")
    }

    /// The requests so far, as the gate tells them in JSON.
    package func requests() throws -> [UInt8] {
        try server.tell("/~requests?\(name)", "")
    }

    /// The content of a credentials file.
    package static func credentials(_ keys: (access: String, secret: String) = keys) -> [UInt8] {
        Array("[default]\naws_access_key_id = \(keys.access)\naws_secret_access_key = \(keys.secret)\n".utf8)
    }
}

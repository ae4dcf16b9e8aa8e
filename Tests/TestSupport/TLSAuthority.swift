import Glibc

/// An authority of TLS, and the certificates that it signs, made by openssl(1) while a test runs.
package struct TLSAuthority: Sendable {
    /// The paths of a certificate and of its private key.
    package struct Pair: Sendable {
        package let certificate: String
        package let key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// The authority's own certificate.
    package let certificate: String
    private let name: String
    private let folder: ScratchFolder

    /// Makes an authority in a folder.
    package init(_ name: String, in folder: ScratchFolder) throws {
        self.name = name
        self.folder = folder
        certificate = folder("\(name).pem")
        try Self.run(
            """
            \(Self.configuration(of: name, in: folder))
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(folder("\(name).key")) \
            -out \(certificate) -days 30 -config \(folder("\(name).cnf")) \
            -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
            """)
    }

    /// The extensions of a caller's certificate.
    package static func caller(_ name: String) -> [String] {
        ["subjectAltName=DNS:\(name)", "extendedKeyUsage=clientAuth", "keyUsage=digitalSignature"]
    }

    /// The extensions of the certificate of a server on 127.0.0.1.
    package static let server = [
        "subjectAltName=IP:127.0.0.1,DNS:localhost", "extendedKeyUsage=serverAuth", "keyUsage=digitalSignature",
    ]

    /// Signs a certificate for a new key.
    ///
    /// - Parameters:
    ///   - file: the files' name without its ending.
    ///   - extensions: lines of openssl's x509v3_config(5).
    ///   - days: how long it is valid; a negative number makes one that has ended.
    /// - Returns: the files.
    /// - Throws: when openssl refuses.
    package func pair(_ file: String, _ extensions: [String], days: Int = 30) throws -> Pair {
        let path = folder(file)
        try folder.write(Array((extensions.joined(separator: "\n") + "\n").utf8), to: "\(file).ext")
        try Self.run(
            """
            \(Self.configuration(of: file, in: folder))
            openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(path).key -out \(path).csr \
            -config \(path).cnf
            openssl x509 -req -in \(path).csr -CA \(certificate) -CAkey \(folder("\(name).key")) -days \(days) \
            -set_serial 0x$(openssl rand -hex 8) -extfile \(path).ext -out \(path).pem
            """)
        return Pair(certificate: path + ".pem", key: path + ".key")
    }

    /// A certificate that its own key has signed.
    package static func selfSigned(_ file: String, _ extensions: [String], in folder: ScratchFolder) throws -> Pair {
        let path = folder(file)
        try run(
            """
            \(configuration(of: file, in: folder))
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(path).key -out \(path).pem \
            -days 30 -config \(path).cnf \(extensions.map { "-addext \($0)" }.joined(separator: " "))
            """)
        return Pair(certificate: path + ".pem", key: path + ".key")
    }

    private static func configuration(of name: String, in folder: ScratchFolder) -> String {
        "printf '[req]\\ndistinguished_name=dn\\nprompt=no\\n[dn]\\nCN=\(name)\\n' > \(folder("\(name).cnf"))"
    }

    private static func run(_ script: String) throws {
        let outcome = try Program(path: "/bin/sh").run(["-e", "-c", script])
        guard outcome.status == 0 else { throw MissingFile(path: outcome.diagnostics) }
    }
}

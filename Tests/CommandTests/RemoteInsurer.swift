import TestSupport

/// Certificates that a test makes, and the authority that signs them.
struct TestAuthority {
    private static let script = """
        set -e
        key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }
        leaf() {
            openssl req -new -key key.pem -subj /CN=insurer -out request.pem
            printf 'subjectAltName=%s\\n' "$3" > names
            openssl x509 -req -in request.pem -CA "$4.pem" -CAkey "$4.key" -days "$2" -extfile names -out "$1" 2>/dev/null
        }
        cd "$1"
        key key.pem
        for authority in city other; do
            key $authority.key
            openssl req -x509 -key $authority.key -subj /CN=$authority -days 1 -out $authority.pem
        done
        leaf right.pem 1 DNS:localhost,IP:127.0.0.1 city
        leaf misnamed.pem 1 DNS:insurer.example,IP:127.0.0.2 city
        leaf foreign.pem 1 DNS:localhost,IP:127.0.0.1 other
        leaf expired.pem 0 DNS:localhost,IP:127.0.0.1 city
        """

    let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        let made = try Program(path: "/bin/sh").run(["-c", Self.script, "sh", folder.path])
        guard made.status == 0 else { throw MissingFile(path: "certificates: \(made.diagnostics)") }
    }
}

/// A server that answers every request with the same bytes, or in one of the ways of hostile servers.
final class RemoteInsurer {
    enum Behavior: String {
        case answers, hangs, drips, floods
    }

    private static let script = """
        import socket, ssl, sys, threading, time
        port_file, answer, behavior, certificate, key = sys.argv[1:]
        with open(answer, "rb") as file: answer = file.read()
        def serve(client):
            try:
                if certificate:
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                    context.load_cert_chain(certificate, key)
                    client = context.wrap_socket(client, server_side=True)
                asked = b""
                while b"officeId" not in asked and not asked.startswith(b"GET"): asked += client.recv(65536) or sys.exit()
                if behavior == "hangs": time.sleep(600)
                if behavior == "drips":
                    for byte in answer:
                        client.sendall(bytes([byte]))
                        time.sleep(0.2)
                client.sendall(answer)
                if behavior == "floods":
                    for _ in range(1 << 14): client.sendall(b" " * (1 << 16))
                client.close()
            except OSError: pass
        listening = socket.create_server(("127.0.0.1", 0))
        with open(port_file, "w") as file: file.write(f"{listening.getsockname()[1]}\\n")
        while True: threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()
        """

    private let folder: ScratchFolder
    private let server: PythonServer

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - answer: the bytes of every answer.
    ///   - behavior: how they are sent.
    ///   - certificate: the certificate's file beside its `key.pem`; nil for a server without TLS.
    /// - Throws: ``MissingFile`` when it cannot be started.
    init(_ answer: String, _ behavior: Behavior = .answers, certificate: String? = nil) throws {
        folder = try ScratchFolder()
        let file = try folder.write(Array(answer.utf8), to: "answer")
        let key = certificate.map { $0.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/key.pem" }
        server = try PythonServer(
            Self.script, [folder("port"), file, behavior.rawValue, certificate ?? "", key ?? ""],
            portFile: folder("port"))
    }

    var port: Int { server.port }
}

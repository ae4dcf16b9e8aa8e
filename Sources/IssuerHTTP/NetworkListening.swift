import HTTPServing
package import Issuing
import TLSServing

/// The socket that callers on other machines connect to, with the certificates of its TLS.
package struct NetworkListening: Sendable {
    let socket: NetworkSocket
    let credentials: TLSCredentials

    /// The address with its port.
    package var text: String { socket.text }

    /// Reads the certificates and binds the address.
    ///
    /// - Parameters:
    ///   - listener: the setting `listen`.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`; nil outside a unit of systemd.
    ///   - nowMilliseconds: the clock, in milliseconds since 1970-01-01T00:00:00Z.
    /// - Throws: `settings_invalid`, `tls_unusable` or `socket_unusable`.
    package init(
        _ listener: NetworkListener, credentialFolder: String?, nowMilliseconds: @escaping @Sendable () -> UInt64
    ) throws(OperationError) {
        let files = try Self.files(of: listener, credentialFolder)
        do throws(ServingError) {
            credentials = try TLSCredentials(files) { nowMilliseconds() / 1000 }
            socket = try NetworkSocket(listener.address)
        } catch {
            throw OperationError(error)
        }
    }

    /// Refuses an address or files that no daemon can serve, and binds nothing.
    ///
    /// - Throws: `settings_invalid` or `tls_unusable`.
    static func check(
        _ listener: NetworkListener, credentialFolder: String?, at now: UInt64
    ) throws(OperationError) {
        guard NetworkSocket.isAddress(listener.address) else {
            throw OperationError(
                code: .settingsInvalid, reason: "the address of `listen` is not an address with a port",
                hint: "give 192.0.2.1:8443 or [2001:db8::1]:8443; 0.0.0.0 and [::] stand for every address")
        }
        let files = try files(of: listener, credentialFolder)
        do throws(ServingError) {
            _ = try TLSCredentials(files) { now }
        } catch {
            throw OperationError(error)
        }
    }

    /// Reads the certificates again when they change, until the task is cancelled.
    ///
    /// - Parameter report: receives the error of files that cannot be taken.
    package func followCertificates(report: @escaping @Sendable (OperationError) -> Void) async {
        await credentials.followContinually { report(OperationError($0)) }
    }

    private static func files(
        of listener: NetworkListener, _ credentialFolder: String?
    ) throws(OperationError) -> TLSFiles {
        let isKeyCredential = if case .credential = listener.privateKey { true } else { false }
        return TLSFiles(
            certificate: try listener.certificate.path(credentialFolder: credentialFolder),
            privateKey: try listener.privateKey.path(credentialFolder: credentialFolder),
            clientAuthority: try listener.clientAuthority.path(credentialFolder: credentialFolder),
            isKeyCredential: isKeyCredential)
    }
}

extension OperationError {
    /// An error of a socket or of its TLS.
    fileprivate init(_ error: ServingError) {
        let code: Code =
            switch error.code {
            case .addressInvalid: .settingsInvalid
            case .socketUnusable: .socketUnusable
            case .tlsUnusable: .tlsUnusable
            }
        self.init(code: code, reason: error.reason, hint: error.hint)
    }
}

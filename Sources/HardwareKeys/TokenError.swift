import CPKCS11
package import Signing

extension SigningError {
    /// The token does not answer now; the same request can succeed later.
    static func tokenUnavailable(_ token: String, _ reason: String) -> SigningError {
        SigningError(
            code: .keyUnavailable, reason: "\(token) cannot be used now: \(reason)",
            hint: "check that the token is connected and its service runs; nothing needs to be started anew")
    }

    /// A call that the token refuses, and would refuse again.
    static func tokenRefused(_ token: String, _ action: String, _ result: cpkcs11_result) -> SigningError {
        SigningError(
            code: .signingFailed, reason: "\(token) refuses to \(action): \(name(of: result))",
            hint: "check which mechanisms the token has, and what its policy allows this user")
    }

    static func pinRefused(_ token: String, _ reason: String) -> SigningError {
        SigningError(
            code: .tokenPinRefused, reason: "\(token) was not opened: \(reason)",
            hint: "put the right PIN into the file of pin-source; a PIN that was refused is not tried again")
    }

    static func tokenKeyMissing(_ token: String, _ reason: String) -> SigningError {
        SigningError(
            code: .tokenKeyMissing, reason: "\(token) \(reason)",
            hint: "look at the token's keys with `pkcs11-tool --list-objects`, and make a new one with "
                + "`suishen key rotate` if the key is gone")
    }

    /// A URI that cannot be used.
    package init(_ error: TokenURIError) {
        self.init(uri: error.reason)
    }

    init(uri reason: String) {
        self.init(
            code: .tokenURIInvalid, reason: "the pkcs11: URI cannot be used: \(reason)",
            hint: "write it like pkcs11:token=NAME?module-path=/PATH/MODULE.so&pin-source=file:/PATH")
    }

    /// The name of a result, or a vendor's number.
    static func name(of result: cpkcs11_result) -> String {
        unsafe cpkcs11_name(result).map { unsafe String(cString: $0) } ?? "0x" + String(result, radix: 16)
    }
}

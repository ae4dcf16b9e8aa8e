import Credential
import ForeignCodes

/// The scanned bytes have the form of one of the project's own codes; nothing in it is verified yet.
struct ReadableCode: Proof {
    static let check = SuishenCheck.readable
    let credential: UnverifiedCredential

    init(_ payload: [UInt8]) throws(Refusal) {
        guard let text = String(validating: payload, as: UTF8.self) else {
            throw Refusal(.malformed, "the scanned bytes are not UTF-8 text")
        }
        do {
            credential = try UnverifiedCredential(text: text)
        } catch {
            throw Refusal(error)
        }
    }

    /// Takes the signed message of a text that was read before.
    init(form: Form, message: [UInt8]) throws(Refusal) {
        do {
            credential = try UnverifiedCredential(bytes: message, form: form)
        } catch {
            throw Refusal(error)
        }
    }
}

/// The scene takes codes of this form.
struct FormTaken: Proof {
    static let check = SuishenCheck.form

    init(_ code: ReadableCode, in scene: Scene) throws(Refusal) {
        guard scene.forms.contains(code.credential.form) else {
            throw Refusal(.wrongForm, "\(scene.name) takes no \(code.credential.form.name) codes")
        }
    }
}

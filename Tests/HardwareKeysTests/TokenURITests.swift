import HardwareKeys
import Testing

@Suite("A pkcs11: URI")
struct TokenURITests {
    @Test("is read with every attribute of a token and of a key, and written again")
    func attributes() throws {
        let text =
            "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model=1.0;"
            + "serial=4d:fb;slot-id=327;object=my-certificate;type=private;id=%69%95%3E%5C%F4%BD%EC%91"
            + "?module-path=/usr/lib/libmypkcs11.so.1&pin-source=file:/etc/token"
        let uri = try TokenURI(text)
        #expect(uri.token == "The Software PKCS#11 Softtoken")
        #expect(uri.manufacturer == "Snake Oil, Inc.")
        #expect(uri.model == "1.0")
        #expect(uri.serial == "4d:fb")
        #expect(uri.slot == 327)
        #expect(uri.object == "my-certificate")
        #expect(uri.id == [0x69, 0x95, 0x3e, 0x5c, 0xf4, 0xbd, 0xec, 0x91])
        #expect(uri.modulePath == "/usr/lib/libmypkcs11.so.1")
        #expect(uri.pinSource == .file("/etc/token"))
        #expect(try TokenURI(uri.text) == uri)
        #expect(try TokenURI("pkcs11:") == TokenURI("PKCS11:"))
    }

    @Test("is written so that every byte of a name is read again")
    func everyByte() throws {
        var uri = try TokenURI("pkcs11:?module-path=/m&x-sm2-sign=0x80000001&x-sm2-generate=0x8&x-sm2-type=0xffffffff")
        #expect(uri.sm2.sign == 0x8000_0001 && uri.sm2.generate == 8 && uri.sm2.type == 0xffff_ffff)
        uri.id = (0...254).map { UInt8($0) }
        uri.token = "令牌; = & ? % / # |"
        uri.object = String(decoding: (0x20...0x7E).map { UInt8($0) }, as: UTF8.self)
        #expect(try TokenURI(uri.text) == uri)
    }

    @Test(
        "is refused with the reason",
        arguments: [
            ("", "does not begin with pkcs11:"),
            ("file:/key.pem", "does not begin with pkcs11:"),
            ("pkcs11:token=a?module-path=/m&pin-value=1234", "a PIN belongs into a file"),
            ("pkcs11:token=a?pin-value=", "a PIN belongs into a file"),
            ("pkcs11:token=a;token=b", "token twice"),
            ("pkcs11:token=a?module-path=/m&module-path=/m", "module-path twice"),
            ("pkcs11:token=", "token is empty"),
            ("pkcs11:token", "no ="),
            ("pkcs11:token=a;", "no ="),
            ("pkcs11:;token=a", "no ="),
            ("pkcs11:token=a b", "must be written as %"),
            ("pkcs11:token=a%2", "must be written as %"),
            ("pkcs11:token=a%2g", "must be written as %"),
            ("pkcs11:token=a/b", "must be written as %"),
            ("pkcs11:token=a#b", "must be written as %"),
            ("pkcs11:token=%00", "token is empty, too long or no text"),
            ("pkcs11:token=%FF", "token is empty, too long or no text"),
            ("pkcs11:token=" + String(repeating: "a", count: 33), "token is empty, too long or no text"),
            ("pkcs11:object=" + String(repeating: "a", count: 2100), "too long"),
            ("pkcs11:id=", "id is empty"),
            ("pkcs11:type=public", "type is not private"),
            ("pkcs11:slot-id=x", "slot-id is not a number"),
            ("pkcs11:slot-id=01", "slot-id is not a number"),
            ("pkcs11:slot-id=-1", "slot-id is not a number"),
            ("pkcs11:library-version=3", "library-version is not an attribute"),
            ("pkcs11:x-sm2-sign=0x1", "one attribute is not an attribute"),
            ("pkcs11:?module-name=softhsm", "module-name is not an attribute"),
            ("pkcs11:?module-path=softhsm.so", "not an absolute path"),
            ("pkcs11:?pin-source=%7C/bin/cat", "neither file:/PATH nor credential:NAME"),
            ("pkcs11:?pin-source=file:pin", "neither file:/PATH nor credential:NAME"),
            ("pkcs11:?pin-source=file://host/pin", "neither file:/PATH nor credential:NAME"),
            ("pkcs11:?pin-source=credential:../pin", "neither file:/PATH nor credential:NAME"),
            ("pkcs11:?x-sm2-sign=80000001", "not a number like"),
            ("pkcs11:?x-sm2-sign=0x", "not a number like"),
            ("pkcs11:?x-sm2-sign=0x100000000", "too long"),
        ])
    func refused(text: String, reason: String) {
        let error = #expect(throws: TokenURIError.self) { try TokenURI(text) }
        #expect(error?.reason.contains(reason) == true, "\(text): \(error?.reason ?? "")")
    }

    @Test("with a PIN in it is not repeated in the error")
    func secret() {
        let error = #expect(throws: TokenURIError.self) { try TokenURI("pkcs11:?pin-value=geheim") }
        #expect(error?.reason.contains("geheim") == false)
    }

    @Test("names a key in the token of another URI, unless it names its own token")
    func joined() throws {
        let token = try TokenURI("pkcs11:token=a;id=%01?module-path=/m&pin-source=credential:pin")
        let key = try TokenURI("pkcs11:id=%02;object=o")
        let joined = "pkcs11:token=a;object=o;id=%02?module-path=/m&pin-source=credential:pin"
        #expect(key.inToken(of: token).text == joined)
        let own = try TokenURI("pkcs11:token=b;id=%03?module-path=/n")
        #expect(own.inToken(of: token) == own)
    }
}

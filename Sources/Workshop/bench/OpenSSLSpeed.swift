import Glibc

/// Runs `openssl speed` for one signature algorithm.
enum OpenSSLSpeed {
    struct Rates {
        var sign = 0.0
        var verify = 0.0
    }

    /// The rates, measured for one second each; nil when the program is absent or prints anything unknown.
    static func rates(_ algorithm: String) -> Rates? {
        guard let output = unsafe popen("openssl speed -mr -seconds 1 \(algorithm) 2>/dev/null", "r") else {
            return nil
        }
        defer { unsafe pclose(output) }
        var line = [CChar](repeating: 0, count: 512)
        while unsafe fgets(&line, Int32(line.count), output) != nil {
            let text = String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            // +F6:0:253:Ed25519:SIGN:VERIFY for Edwards curves, F4 for ECDSA without a name, F7 for SM2.
            guard ["+F4", "+F6", "+F7"].contains(text.prefix(3)) else { continue }
            let fields = text.split(separator: ":").suffix(2).compactMap { Double($0) }
            guard fields.count == 2 else { return nil }
            return Rates(sign: fields[0], verify: fields[1])
        }
        return nil
    }
}

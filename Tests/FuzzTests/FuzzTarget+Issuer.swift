import Encoding
import Signing
import Storage

@testable import IssuerInterface
@testable import Issuing

/// What an issuer's daemon reads: its settings, and what callers ask.
extension FuzzTarget {
    /// Settings that are read and written out are the same settings when they are read again.
    static func runSettings(_ bytes: [UInt8]) {
        guard let settings = try? Settings(text: String(decoding: bytes, as: UTF8.self)) else { return }
        precondition((try? Settings(text: settings.text)) == settings)
    }

    /// A JSON body below a byte that says which route it is for, as every order that such bodies are read into.
    static func runRequest(_ bytes: [UInt8]) {
        guard let first = bytes.first, let body = try? JSONValue.parse(Array(bytes.dropFirst()), byteCountMax: 1 << 16)
        else { return }
        let route = Route.table[Int(first) % Route.table.count]
        guard case .operation(let operation) = route.answer,
            let request = try? RequestFields(body, operation: operation)
        else { return }
        for suite in Suite.allCases { _ = try? IssueOrder(request, suite: suite) }
        _ = try? IssuingService.BundleOrder(request)
        _ = try? EventRequest(request, nowMilliseconds: 1_750_000_000_000, random: SystemRandom())
    }
}

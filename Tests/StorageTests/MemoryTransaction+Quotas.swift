@testable import Storage

extension MemoryTransaction {
    private static func name(_ uid: UInt64, _ form: String) -> String { "\(uid) \(form)" }

    func issuedCount(of uid: UInt64, form: String) -> IssuedCount? { contents.issuedCounts[Self.name(uid, form)] }

    func putIssuedCount(_ count: IssuedCount, of uid: UInt64, form: String) throws {
        let old = issuedCount(of: uid, form: form)
        let isOnward = old.map { count.day > $0.day || count.day == $0.day && count.count >= $0.count } ?? true
        try change(if: isOnward) { $0.issuedCounts[Self.name(uid, form)] = count }
    }
}

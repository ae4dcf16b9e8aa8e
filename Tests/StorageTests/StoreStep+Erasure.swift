@testable import Storage

extension StoreStep {
    static func erasure(_ draw: Draw, _ kind: Int) -> StoreStep {
        switch kind {
        case 0:
            StoreStep("epoch key") {
                let statuses: [EpochKeyRecord.Status] = [.live, .lost, .destroyed]
                try $0.putEpochKey(
                    EpochKeyRecord(
                        number: UInt32(draw.bytes[0]), mark: draw.isOdd ? [1] : draw.more,
                        status: statuses[Int(draw.number % 3)]))
            }
        case 1: StoreStep("recovery") { try $0.setRecoveryNeeded(draw.isOdd) }
        default:
            StoreStep("rewrap") { transaction in
                try SealedField.Kind.allCases.map { kind in
                    guard let field = try transaction.sealedFields(kind, after: nil, countMax: 1).first else {
                        return false
                    }
                    let bytes = [UInt8](repeating: draw.more[0], count: field.sealed.count)
                    return try transaction.replace(
                        draw.isOdd ? SealedField(place: field.place, sealed: [9]) : field, by: bytes)
                }
            }
        }
    }
}

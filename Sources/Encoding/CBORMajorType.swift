/// The first three bits of an item's head (RFC 8949 §3.1).
package enum CBORMajorType: UInt8, Sendable {
    case unsigned = 0
    case negative = 1
    case byteString = 2
    case text = 3
    case array = 4
    case map = 5
    case tag = 6
    case simple = 7
}

import Encoding

/// The shape of claim 169: a map whose attributes have the types of the specification.
enum IdentityClaimSchema {
    /// Identifier, version, language, names, birth date, address, mail, phone, nationality, guardian, and the name in
    /// a second language with that language.
    private static let textAttributes: Set<Int64> = [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 15, 19, 20]
    /// Gender, marital status, and the picture's format.
    private static let numberAttributes: Set<Int64> = [9, 14, 17]
    /// The picture.
    private static let pictureAttribute: Int64 = 16

    /// The failure of the claim; nil if its attributes have the right types.
    static func failure(in claim: CBORItem?) -> ForeignFailure? {
        guard let map = claim?.map, !map.entries.isEmpty else { return .malformed }
        for entry in map.entries {
            guard let key = entry.key.integer else { return .malformed }
            let isShaped =
                textAttributes.contains(key)
                ? entry.value.text != nil
                : numberAttributes.contains(key)
                    ? entry.value.integer != nil : key != pictureAttribute || entry.value.byteString != nil
            guard isShaped else { return .malformed }
        }
        return nil
    }
}

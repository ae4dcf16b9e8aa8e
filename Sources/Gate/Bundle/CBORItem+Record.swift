import Encoding

extension CBORItem {
    /// A map with text keys.
    static func record(_ fields: [(String, CBORItem)]) -> CBORItem {
        .map(CBORMap(fields.map { CBORMap.Entry(key: .text($0.0), value: $0.1) }))
    }
}

import Encoding

extension Base64 {
    /// Encodes for URLs: `-` and `_`, no padding; the product only decodes this form.
    package static func encodeURL(_ bytes: some Collection<UInt8>) -> String {
        String(
            encode(bytes).filter { $0 != "=" }.map { character in
                switch character {
                case "+": "-"
                case "/": "_"
                default: character
                }
            })
    }
}

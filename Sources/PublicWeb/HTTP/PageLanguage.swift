/// The languages of the pages.
package enum PageLanguage: String, Sendable, CaseIterable {
    case chinese = "zh-CN"
    case english = "en"

    /// The value of the query's `lang`.
    var name: String { self == .chinese ? "zh" : "en" }

    /// Chooses by the visible switch, and otherwise by `Accept-Language`; Chinese where neither says.
    ///
    /// - Parameters:
    ///   - chosen: the query's `lang`; another value counts as absent.
    ///   - accept: the field.
    /// - Returns: the language of the page.
    package static func preferred(chosen: String?, accept: String?) -> PageLanguage {
        if let chosen, let language = allCases.first(where: { $0.name == chosen }) { return language }
        let list = QualityList(accept)
        let weights = allCases.map { weight(of: $0, in: list) }
        return weights[1] > weights[0] ? .english : .chinese
    }

    /// The weight of the best range whose first subtag is the language's (RFC 4647 §3.4).
    private static func weight(of language: PageLanguage, in list: QualityList) -> Int {
        let own = list.items.filter { item in
            item.value == language.name || item.value.hasPrefix(language.name + "-")
        }
        if let best = own.map(\.weight).max() { return best }
        return list.items.first { $0.value == "*" }?.weight ?? 0
    }
}

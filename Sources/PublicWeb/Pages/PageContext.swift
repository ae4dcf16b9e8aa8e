/// For whom a page is made, and what every page has in common.
struct PageContext: Sendable {
    let language: PageLanguage
    let view: PageView
    let words: Words
    /// The parts of the page's own path, for the links that change language and size.
    let path: [String]
    let style: LinkAddress
    /// The script of a code's page; nil where the program has none.
    let script: LinkAddress?
    /// The module that the script loads; nil where there is none.
    let module: LinkAddress?
    /// The wallet's host; nil where there is none.
    let walletHost: String?
    /// Whether faults can be reported.
    let takesReports: Bool

    /// A link that keeps the language and the size that the reader chose.
    func link(_ parts: [String], _ more: [(name: String, value: String)] = [], fragment: String? = nil) -> LinkAddress {
        .path(parts, query: more + choices(language, view), fragment: fragment)
    }

    /// The query's choices.
    func choices(_ language: PageLanguage, _ view: PageView) -> [(name: String, value: String)] {
        [("lang", language.name)] + (view == .large ? [("view", view.rawValue)] : [])
    }
}

/// The forms in which the page of a code can be had.
package enum Representation: String, Sendable, CaseIterable {
    case html, json, linkset, cwt

    package var mediaType: String {
        switch self {
        case .html: "text/html"
        case .json: "application/json"
        case .linkset: "application/linkset+json"
        case .cwt: "application/cwt"
        }
    }

    /// The media type as it is sent.
    var contentType: String {
        self == .html ? "text/html; charset=utf-8" : mediaType
    }

    /// Chooses by a query's `linkType`, and otherwise by `Accept`.
    ///
    /// - Parameters:
    ///   - linkType: a name of a case, or `all` for the linkset.
    ///   - accept: the field; where it is absent or cannot be read, everything is accepted.
    /// - Returns: nil for an unknown `linkType`; HTML where `Accept` takes none of the forms, since a page that says so
    ///   helps a person more than status 406 (RFC 9110 §12.5.1).
    package static func chosen(linkType: String?, accept: String?) -> Representation? {
        if let linkType { return linkType == "all" ? .linkset : Representation(rawValue: linkType) }
        let list = QualityList(accept)
        guard !list.items.isEmpty else { return .html }
        let weighed = allCases.map { (form: $0, weight: MediaRange.weight(of: $0.mediaType, in: list)) }
        let best = weighed.map(\.weight).max() ?? 0
        guard best > 0 else { return .html }
        return weighed.first { $0.weight == best }?.form
    }
}

/// The weight that `Accept` gives a media type.
enum MediaRange {
    /// The most specific range decides (RFC 9110 §12.5.1); 0 where none matches.
    static func weight(of type: String, in list: QualityList) -> Int {
        let group = type.prefix { $0 != "/" } + "/*"
        for range in [type, String(group), "*/*"] {
            if let item = list.items.first(where: { $0.value == range }) { return item.weight }
        }
        return 0
    }
}

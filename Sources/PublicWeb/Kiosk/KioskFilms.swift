/// Tells which page's film counts: one kiosk has one view.
///
/// A page names its film at random when it starts. A name that was not heard before belongs to a newer page, which takes
/// the view over; the page before it is told so.
struct KioskFilms: Sendable {
    /// The most names of former films that are remembered; each page that is told of a newer one stops.
    static let formerCountMax = 64

    private var current: String?
    private var former: [String] = []

    /// Takes a frame's film.
    ///
    /// - Returns: whether the film is new, so that its view is empty.
    /// - Throws: `another_page` for a film that another one has followed.
    mutating func take(_ film: String) throws(WebError) -> Bool {
        if film == current { return false }
        guard !former.contains(film) else {
            throw WebError(
                .anotherPage, "another page of this kiosk has taken the view over",
                hint: "use the other page, or load this one again")
        }
        if let current { former.append(current) }
        if former.count > Self.formerCountMax { former.removeFirst() }
        current = film
        return true
    }
}

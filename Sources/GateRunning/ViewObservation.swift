/// What one frame of a camera shows.
package struct ViewObservation: Sendable {
    /// The payloads of the codes that were read, without repetition.
    package let codes: [[UInt8]]
    /// The places of codes that are seen, cannot be read, and may be a person's.
    package let unread: [CodePlace]
    /// Whether the whole frame was searched for person codes; if not, `unread` says nothing.
    package let isSearched: Bool

    package init(codes: [[UInt8]], unread: [CodePlace], isSearched: Bool) {
        (self.codes, self.unread, self.isSearched) = (codes, unread, isSearched)
    }
}

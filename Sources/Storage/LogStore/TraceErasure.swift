package import TraceLog

/// That somebody asks for an entry's personal fields to be deleted.
package struct TraceErasure: Sendable {
    package var object: ObjectID
    package var index: UInt64
    /// In words that name nobody: they enter the log.
    package var reason: String
    /// 18 characters of a USCC; empty for the service itself.
    package var actor: String

    package init(object: ObjectID, index: UInt64, reason: String, actor: String) {
        self.object = object
        self.index = index
        self.reason = reason
        self.actor = actor
    }
}

/// The kinds of documents that a key in the trust list may sign.
package enum KeyUse: String, Sendable, CaseIterable {
    case person, enterprise, object, statuslist, checkpoint
}

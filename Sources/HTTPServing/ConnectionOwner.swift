package import Platform

/// Who shares connections with whom.
package enum ConnectionOwner: Hashable, Sendable {
    /// A user of this machine, by the number that the kernel gives; 0 where nobody is told apart.
    case user(UInt32)
    /// A caller on another machine, by the name that its certificate proves.
    case named(CallerName)
    /// A client that has not proved yet who it is, by its network address.
    case address(String)
}

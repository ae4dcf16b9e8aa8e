import ArgumentParser
import Glibc

/// A user of this machine, given by name or by number.
struct UserArgument: ExpressibleByArgument {
    let number: uid_t

    /// Takes a decimal number, or looks a name up; nil for a name that no user has.
    init?(argument: String) {
        if let number = uid_t(argument) {
            self.number = number
            return
        }
        // The entry is in one buffer of the process, and arguments are parsed before any thread begins.
        guard let entry = unsafe getpwnam(argument) else { return nil }
        number = unsafe entry.pointee.pw_uid
    }
}

package import GRDB

/// The transaction that a registry step runs in; callers pass it on and never look inside.
package typealias RegistryTransaction = Database

/// The version that every command prints with `--version`.
package enum Release {
    package static let version = "1.0.0"
}

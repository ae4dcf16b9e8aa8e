/// What every command says of itself with `--version`.
package enum Release {
    package static let version = "1.0.0"
}

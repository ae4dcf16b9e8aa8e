/// Another library's reader of QR codes, which takes some of the plan's looks.
package struct ForeignReader: Sendable {
    /// Whether the library is loaded; the first call loads it.
    let isAvailable: @Sendable () -> Bool
    /// Looks at a grey picture, and adds what it read to a sight.
    let read: @Sendable (PixelBuffer, inout Sight) -> Void
}

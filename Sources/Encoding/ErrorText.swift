/// The texts of an error: its reason and its hint.
package enum ErrorText {
    /// Makes a text; an empty one in a module that is compiled with `WITHOUT_ERROR_TEXTS`.
    ///
    /// The caller of such a module reads the codes alone, so that it has neither the texts nor the code that makes them.
    @inline(__always)
    package static func made(_ text: () -> String) -> String {
        #if WITHOUT_ERROR_TEXTS
            ""
        #else
            text()
        #endif
    }
}

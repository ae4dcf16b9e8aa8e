package import Platform

/// The error of a picture that cannot be read.
package struct ImageError: Error, Equatable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        case notAnImage = "not_an_image"
        case imageUnreadable = "image_unreadable"
        case imageTooLarge = "image_too_large"
        case outOfMemory = "out_of_memory"
        case libraryMissing = "library_missing"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    static let outOfMemory = ImageError(
        code: .outOfMemory, reason: "no memory was left to read the image", hint: "free memory and try again")

    /// A picture in which no code was read was not searched completely.
    package static let zbarMissing = ImageError(
        code: .libraryMissing, reason: "libzbar.so.0 cannot be loaded, and some of the looks for codes need it",
        hint: "install the system's package libzbar0")

    static func unreadable(_ format: String, _ reason: String) -> ImageError {
        ImageError(
            code: .imageUnreadable, reason: "the \(format) cannot be read: \(reason)",
            hint: "check that the file is complete, or take the picture again")
    }
}

extension ImageError: CodedError {}

extension ImageError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .notAnImage, .imageUnreadable, .imageTooLarge: .inputUnusable
        case .outOfMemory: .later
        case .libraryMissing: .malfunction
        }
    }
}

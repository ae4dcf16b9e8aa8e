import Encoding

extension IssuerOperation {
    /// The act of a second operator's confirmation that an operation may need.
    struct DualNeed: Sendable {
        /// Checks a request, and says what it asks for; nil for a request that needs no confirmation.
        typealias Particulars =
            @Sendable (IssuingService, RequestFields, IssuingService.Caller) throws -> JSONValue?

        let act: DualAct
        let particulars: Particulars
    }

    /// Whether the settings may ask for a second operator's confirmation of some of its requests.
    package var isConfirmable: Bool { dual != nil }

    /// The operation, confirmed by a second operator where the settings ask for it.
    ///
    /// - Parameters:
    ///   - act: the act of the settings.
    ///   - particulars: what the request asks for. The confirming operator and the audit trail get it, so it has no secret
    ///     and no personal data.
    /// - Returns: the operation.
    func confirmed(_ act: DualAct, _ particulars: @escaping DualNeed.Particulars) -> IssuerOperation {
        var operation = self
        operation.dual = DualNeed(act: act, particulars: particulars)
        return operation
    }
}

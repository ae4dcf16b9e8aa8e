/// Says at which looks a publication is due: at first, after a rest, and after a failure at ever rarer looks.
struct PublishingTurns {
    /// The looks that are left out after a first failure, and at most: 1 second and 32 seconds.
    private static let backoffLooks = (first: 4, max: 128)

    private var wait = 0
    private var backoff = 0
    /// The error of the last turn; nil after a good one.
    private(set) var error: OperationError?

    var isDue: Bool { wait <= 0 }
    var isFailing: Bool { backoff > 0 }

    mutating func succeed(restingFor looks: Int) {
        (error, backoff, wait) = (nil, 0, looks)
    }

    /// Notes a failure.
    ///
    /// - Returns: whether it is another error than the last one.
    mutating func fail(_ error: OperationError) -> Bool {
        defer { self.error = error }
        backoff = min(max(backoff * 2, Self.backoffLooks.first), Self.backoffLooks.max)
        wait = backoff
        return error != self.error
    }

    /// Ends a look.
    mutating func rest() { wait -= 1 }
}

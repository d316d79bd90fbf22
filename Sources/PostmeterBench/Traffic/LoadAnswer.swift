/// What a connection of the load generator got for a request; times are of the monotonic clock.
struct LoadAnswer {
    let isAccepted: Bool
    /// Whether it is a 503 that says when to come back.
    let saysWhenToRetry: Bool
    /// The time that the request was to be sent at.
    let due: UInt64
    /// The time that it was sent at.
    let sent: UInt64
    /// The time that the answer was whole at.
    let received: UInt64
}

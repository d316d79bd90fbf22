/// The tie between a callback and its observable instrument.
///
/// The callback stays when the token is let go; it may be used on any thread.
public final class ObservationToken: Sendable {
    private let observation: Observation
    private let number: UInt64

    init(_ observation: Observation, _ number: UInt64) {
        self.observation = observation
        self.number = number
    }

    /// Takes the callback away, so that what it alone reported is not exported any more.
    ///
    /// A collection that is under way may still run it. Further calls do nothing.
    public func cancel() {
        observation.cancel(number)
    }
}

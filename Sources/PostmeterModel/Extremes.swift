/// The least and the greatest value of a distribution.
package struct Extremes: Sendable, Hashable {
    /// The least value; infinite when there is none.
    package var minimum: Double
    /// The greatest value; negatively infinite when there is none.
    package var maximum: Double

    package init(minimum: Double = .infinity, maximum: Double = -.infinity) {
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Whether there was a value.
    package var isKnown: Bool { minimum <= maximum }
}

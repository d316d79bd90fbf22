extension PostmeterConfiguration {
    /// How much of what a receiver does not take is kept on disk; past either limit the oldest goes first.
    public struct SpoolLimits: Sendable, Hashable {
        /// The most bytes of a receiver's signals together.
        public var byteLimit: Int
        /// The most time that something is kept.
        public var ageLimit: Duration

        /// Sets limits.
        public init(byteLimit: Int = 1 << 30, ageLimit: Duration = .seconds(7 * 86_400)) {
            self.byteLimit = byteLimit
            self.ageLimit = ageLimit
        }
    }
}

extension PostmeterConfiguration {
    /// A choice among metrics, spans and log records.
    public struct Signals: OptionSet, Sendable, Hashable {
        /// One bit for each signal.
        public let rawValue: Int

        /// Creates a choice from its bits.
        public init(rawValue: Int) {
            self.rawValue = rawValue
        }

        /// All series of the registry.
        public static let metrics = Signals(rawValue: 1)
        /// Spans that have ended.
        public static let traces = Signals(rawValue: 2)
        /// Log records.
        public static let logs = Signals(rawValue: 4)
        /// All three.
        public static let all: Signals = [.metrics, .traces, .logs]
    }
}

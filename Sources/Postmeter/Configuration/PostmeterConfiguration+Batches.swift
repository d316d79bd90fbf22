extension PostmeterConfiguration {
    /// How ended spans, or log records, wait and go out.
    public struct Batches: Sendable, Hashable {
        /// The most time that one waits until it is pushed.
        public var interval: Duration
        /// The most that wait, or are under way, at a time; further ones are dropped and counted.
        public var capacity: Int
        /// The most of one request.
        public var limit: Int
        /// The time for all tries of one request together.
        public var timeout: Duration

        /// Describes batches.
        public init(
            interval: Duration, capacity: Int, limit: Int = 512, timeout: Duration = .seconds(60)
        ) {
            self.interval = interval
            self.capacity = capacity
            self.limit = limit
            self.timeout = timeout
        }
    }
}

extension PostmeterConfiguration {
    /// Where `GET /metrics` is served.
    public struct ScrapeAddress: Sendable, Hashable {
        /// A host name or IP address.
        public var host: String
        /// The port; 0 lets the system choose one.
        public var port: Int

        /// Names an address.
        public init(host: String = "127.0.0.1", port: Int = 9_464) {
            self.host = host
            self.port = port
        }
    }
}

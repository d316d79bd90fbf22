internal import PostmeterFleet

extension ConfigurationFile {
    /// What the fold waits for, and for how long.
    struct Watch: Decodable {
        var conversationTimeout: TimeSpan?
        var outcomeTimeout: TimeSpan?
        var threadLimit: Int?
        var threadWindow: TimeSpan?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case conversationTimeout = "conversation_timeout"
            case outcomeTimeout = "outcome_timeout"
            case threadLimit = "thread_limit"
            case threadWindow = "thread_window"
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            conversationTimeout = try container.decodeIfPresent(TimeSpan.self, forKey: .conversationTimeout)
            outcomeTimeout = try container.decodeIfPresent(TimeSpan.self, forKey: .outcomeTimeout)
            threadLimit = try container.decodeIfPresent(Int.self, forKey: .threadLimit)
            threadWindow = try container.decodeIfPresent(TimeSpan.self, forKey: .threadWindow)
        }

        /// The settings with what the file says laid over them.
        func applied(to settings: FoldSettings.Watch) throws(ConfigurationError) -> FoldSettings.Watch {
            var settings = settings
            func set(
                _ span: TimeSpan?, _ key: String, from least: UInt64, to most: UInt64, _ value: inout UInt64
            ) throws(ConfigurationError) {
                guard let span else { return }
                let seconds = span.nanoseconds / 1_000_000_000
                guard (least...most).contains(seconds) else {
                    throw ConfigurationError(
                        path: "watch.\(key)", problem: "must be from \(least)s to \(most)s, and is \(span)")
                }
                value = span.nanoseconds
            }
            let most: UInt64 = 32 * 86_400
            try set(
                conversationTimeout, "conversation_timeout", from: 1, to: most,
                &settings.conversationTimeout)
            try set(outcomeTimeout, "outcome_timeout", from: 1, to: most / 4, &settings.outcomeTimeout)
            try set(threadWindow, "thread_window", from: 1, to: most / 4, &settings.threadWindow)
            if let limit = threadLimit {
                guard (2...1_000_000).contains(limit) else {
                    throw ConfigurationError(
                        path: "watch.thread_limit", problem: "must be from 2 to 1000000, and is \(limit)")
                }
                settings.threadLimit = UInt64(limit)
            }
            return settings
        }
    }
}

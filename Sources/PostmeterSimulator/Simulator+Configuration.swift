package import PostmeterModel

extension Simulator {
    /// What is simulated, and where it is sent.
    package struct Configuration: Sendable, Hashable {
        /// 1 to 100,000.
        package var agents = 50
        /// Webhooks a second; 0 sends as fast as they are answered, with a plan for 200 a second.
        package var rate = 200.0
        /// Seconds of traffic.
        package var duration = 60.0
        package var provider = SimulatedProvider.resend
        /// The URL of the endpoint.
        package var target: String
        /// The secret of the endpoint, as the platform shows it.
        package var secret: String
        /// The topic whose messages they are, for Amazon SES.
        package var topic = "arn:aws:sns:us-east-1:000000000000:postmeter-simulated"
        /// The port of 127.0.0.1 on which the certificate of the signatures is served, for Amazon SES.
        package var certificatePort = 4389
        /// The same seed gives the same traffic.
        package var seed: UInt64
        /// The name of an agent that misbehaves, such as `agent-007`.
        package var badAgent: String?
        /// Requests in flight, 1 to 4,096.
        package var concurrency = 64
        /// The domain of the agents' addresses.
        package var domain = "agents.example"
        /// A file that the totals are written to as JSON.
        package var totals: String?
        /// What delays between events are divided by, so that a short run sees outcomes; at least 1.
        package var compression = 1.0
        /// The share of webhooks that are sent twice, 0 to 0.5.
        package var repeats = 0.01
        /// Seconds for which a webhook that is not acknowledged is tried again.
        package var patience = 60.0
        /// The instant that event times count from; nil takes the start of the run, and with rate 0 the time at
        /// which the plan would have begun to end now.
        package var epoch: UnixTime?

        package init(target: String, secret: String, seed: UInt64 = .random(in: 0...UInt64.max)) {
            self.target = target
            self.secret = secret
            self.seed = seed
        }

        /// Where the certificate is served: an item of the endpoint's `trusted_hosts`.
        var certificateHost: String { "127.0.0.1:\(certificatePort)" }

        /// The rate that the plan is laid out for.
        var planRate: Double {
            rate > 0 ? rate : 200
        }

        /// The plan, once the settings are checked.
        func plan() throws(SimulatorError) -> TrafficPlan {
            try check()
            return TrafficPlan(
                TrafficPlan.Configuration(
                    provider: provider,
                    agents: agents,
                    badAgent: try badAgentPlace(),
                    rate: planRate,
                    duration: duration,
                    seed: seed,
                    compression: compression,
                    repeats: repeats
                )
            )
        }

        private func check() throws(SimulatorError) {
            guard 1...100_000 ~= agents else { throw .badSetting("agents", allowed: "1 to 100000") }
            guard rate >= 0, rate <= 1_000_000 else {
                throw .badSetting("rate", allowed: "0 to 1000000 a second")
            }
            guard duration > 0, planRate * duration <= 100_000_000 else {
                throw .badSetting("duration", allowed: "more than 0, and at most 100 million webhooks long")
            }
            guard 1...4_096 ~= concurrency else { throw .badSetting("concurrency", allowed: "1 to 4096") }
            guard compression >= 1, compression <= 1_000 else {
                throw .badSetting("compress", allowed: "1 to 1000")
            }
            guard 0...0.5 ~= repeats else { throw .badSetting("repeats", allowed: "0 to 0.5") }
            guard 0...86_400 ~= patience else { throw .badSetting("patience", allowed: "0 to 86400 seconds") }
            guard target.hasPrefix("http://") || target.hasPrefix("https://") else {
                throw .badSetting("target", allowed: "a URL that begins with http:// or https://")
            }
            guard 1...65_535 ~= certificatePort else {
                throw .badSetting("certificate-port", allowed: "1 to 65535")
            }
            guard !domain.isEmpty, !domain.contains("@"), !domain.contains(" ") else {
                throw .badSetting("domain", allowed: "the name of a domain")
            }
        }

        private func badAgentPlace() throws(SimulatorError) -> Int? {
            guard let badAgent else { return nil }
            let digits = max(3, String(agents).utf8.count)
            for place in 0..<agents where SimulatedWorld.agentName(place, digits: digits) == badAgent {
                return place
            }
            throw .unknownAgent(badAgent, last: SimulatedWorld.agentName(agents - 1, digits: digits))
        }
    }
}

import Crypto
import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterSimulator

@Suite struct SimulatorTests {
    private static func configuration(
        _ change: (inout Simulator.Configuration) -> Void = { _ in }
    ) -> Simulator.Configuration {
        var configuration = Simulator.Configuration(
            target: "http://127.0.0.1:1/hooks/demo",
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            seed: 7
        )
        configuration.rate = 50
        configuration.duration = 10
        configuration.concurrency = 4
        change(&configuration)
        return configuration
    }

    @Test func `every webhook of the plan is sent once, and the totals are those of the plan`() async throws {
        let collector = FakeCollector()
        let simulator = try Simulator(Self.configuration(), sender: collector, clock: FakeClock().clock())
        let totals = try await simulator.run()
        #expect(collector.all.count == 500)
        var ledger = Ledger(provider: .resend, agents: 50)
        for webhook in try Self.configuration().plan().webhooks { ledger.note(webhook) }
        #expect(totals.acknowledged == ledger.acknowledged)
        #expect(totals.ledger.events == ledger.events)
        #expect(totals.ledger.spans == ledger.spans)
        #expect(totals.unacknowledged == [])
    }

    @Test func `a run for Postmark sends the pair with each webhook, and a repeat has the body of its first`()
        async throws
    {
        let collector = FakeCollector()
        let postmark = Self.configuration {
            $0.provider = .postmark
            $0.secret = "user:password"
        }
        let totals = try await Simulator(postmark, sender: collector, clock: FakeClock().clock()).run()
        #expect(totals.unacknowledged == [])
        #expect(collector.all.count == 500)
        #expect(collector.all.allSatisfy { $0.authorization == "Basic dXNlcjpwYXNzd29yZA==" && $0.id == "" })
        #expect(Set(collector.all.map(\.body)).count == totals.acknowledged)
    }

    @Test func `a run for Mailgun signs each body, and a repeat has the token of its first`() async throws {
        let collector = FakeCollector()
        let mailgun = Self.configuration {
            $0.provider = .mailgun
            $0.secret = "0123456789abcdef0123456789abcdef"
        }
        let totals = try await Simulator(mailgun, sender: collector, clock: FakeClock().clock()).run()
        #expect(totals.unacknowledged == [])
        #expect(collector.all.count == 500)
        #expect(collector.all.allSatisfy { String(decoding: $0.body, as: UTF8.self).contains("token") })
        var ledger = Ledger(provider: .mailgun, agents: 50)
        for webhook in try mailgun.plan().webhooks { ledger.note(webhook) }
        #expect(totals.acknowledged == ledger.acknowledged)
        #expect(totals.ledger.events == ledger.events)
    }

    @Test func `a run for SendGrid sends batches, whose webhooks are all in the totals`() async throws {
        let collector = FakeCollector()
        let sendGrid = Self.configuration {
            $0.provider = .sendgrid
            $0.secret = P256.Signing.PrivateKey().pemRepresentation
        }
        let totals = try await Simulator(sendGrid, sender: collector, clock: FakeClock().clock()).run()
        #expect(totals.unacknowledged == [])
        #expect(10...250 ~= collector.all.count)
        var ledger = Ledger(provider: .sendgrid, agents: 50)
        for webhook in try sendGrid.plan().webhooks { ledger.note(webhook) }
        #expect(totals.acknowledged == ledger.acknowledged)
        #expect(totals.ledger.events == ledger.events)
    }

    @Test func `a batch that is refused leaves all its webhooks unacknowledged`() async throws {
        let collector = FakeCollector { _, _ in .status(401) }
        let sendGrid = Self.configuration {
            $0.provider = .sendgrid
            $0.secret = P256.Signing.PrivateKey().pemRepresentation
            $0.repeats = 0
        }
        let totals = try await Simulator(sendGrid, sender: collector, clock: FakeClock().clock()).run()
        #expect(totals.acknowledged == 0)
        #expect(totals.unacknowledged.count == 500)
    }

    @Test func `a run for Amazon SES posts a message for each webhook, and says what must be trusted`()
        async throws
    {
        let collector = FakeCollector()
        let ses = Self.configuration {
            $0.provider = .ses
            $0.secret = ""
            $0.duration = 1
            $0.certificatePort = 4_999
        }
        let lines = Mutex<[String]>([])
        let totals = try await Simulator(ses, sender: collector, clock: FakeClock().clock()).run { line in
            lines.withLock { $0.append(line) }
        }
        #expect(totals.unacknowledged == [])
        #expect(collector.all.count == 50)
        #expect(
            lines.withLock { $0.first }
                == "The endpoint needs: "
                + #"topics: ["arn:aws:sns:us-east-1:000000000000:postmeter-simulated"], "#
                + #"trusted_hosts: ["127.0.0.1:4999"]"#
        )
        let bodies = collector.all.map { String(decoding: $0.body, as: UTF8.self) }
        let url = #""SigningCertURL": "http://127.0.0.1:4999/SimpleNotificationService-"#
        #expect(bodies.allSatisfy { $0.contains(#""Type": "Notification""#) && $0.contains(url) })
        #expect(bodies.contains { $0.contains(#""SignatureVersion": "1""#) })
        #expect(bodies.contains { $0.contains(#""SignatureVersion": "2""#) })
    }

    @Test func `a run takes as long as its plan`() async throws {
        let clock = FakeClock()
        let one = Self.configuration { $0.concurrency = 1 }
        _ = try await Simulator(one, sender: FakeCollector(), clock: clock.clock()).run()
        #expect(clock.nanoseconds >= 9_980_000_000)
    }

    @Test func `with rate 0 nothing waits, and events lie in the past`() async throws {
        let clock = FakeClock()
        let collector = FakeCollector()
        let fast = Self.configuration {
            $0.rate = 0
            $0.concurrency = 1
        }
        _ = try await Simulator(fast, sender: collector, clock: clock.clock()).run()
        #expect(collector.all.count == 2_000)
        let first = try #require(collector.all.first)
        #expect(String(decoding: first.body, as: UTF8.self).contains("2025-10-09T08:53:"))
        #expect(first.timestamp.hasPrefix("17600000"))
    }

    @Test func `what is not acknowledged is sent again under its id until it is`() async throws {
        let answers: [WebhookAnswer] = [.failure("connection_refused"), .status(503), .status(200)]
        let collector = FakeCollector { _, tries in answers[min(tries, 2)] }
        let simulator = try Simulator(
            Self.configuration { $0.repeats = 0 },
            sender: collector,
            clock: FakeClock().clock()
        )
        let totals = try await simulator.run()
        let byID = Dictionary(grouping: collector.all, by: \.id)
        #expect(byID.count == 500)
        #expect(byID.values.allSatisfy { $0.map(\.answer) == answers && Set($0.map(\.body)).count == 1 })
        #expect(totals.acknowledged == 500)
        #expect(totals.figures.retries == 1_000)
        #expect(totals.figures.statuses == [503: 500, 200: 500])
        #expect(totals.figures.failures == ["connection_refused": 500])
    }

    @Test func `a refusal is not tried again, and what was refused is named`() async throws {
        let collector = FakeCollector { place, _ in .status(place == 3 ? 413 : 200) }
        let simulator = try Simulator(
            Self.configuration { $0.repeats = 0 },
            sender: collector,
            clock: FakeClock().clock()
        )
        let totals = try await simulator.run()
        #expect(collector.all.count == 500)
        #expect(totals.acknowledged == 499)
        #expect(totals.unacknowledged == [collector.all[3].id])
    }

    @Test func `patience ends`() async throws {
        let clock = FakeClock()
        let hopeless = Self.configuration {
            $0.patience = 3
            $0.duration = 0.02
        }
        let simulator = try Simulator(
            hopeless,
            sender: FakeCollector { _, _ in .status(503) },
            clock: clock.clock()
        )
        let totals = try await simulator.run()
        #expect(totals.acknowledged == 0)
        #expect(totals.unacknowledged.count == 1)
        #expect(3_000_000_000...6_000_000_000 ~= clock.nanoseconds)
    }

    @Test func `a stopped run sends nothing new and still brings to an end what is under way`() async throws {
        let box = SimulatorBox()
        let collector = FakeCollector { place, tries in
            if place == 100 { box.stop() }
            return .status(tries == 0 ? 503 : 200)
        }
        let simulator = try Simulator(Self.configuration(), sender: collector, clock: FakeClock().clock())
        box.hold(simulator)
        let totals = try await simulator.run()
        #expect(totals.unacknowledged == [])
        #expect(40...110 ~= totals.acknowledged)
    }

    @Test
    func `a run that is stopped while nobody answers ends soon`() async throws {
        let box = SimulatorBox()
        let clock = FakeClock()
        let collector = FakeCollector { place, _ in
            if place == 0 { box.stop() }
            return .failure("connection_refused")
        }
        let patient = Self.configuration {
            $0.patience = 3_600
            $0.concurrency = 1
        }
        let simulator = try Simulator(patient, sender: collector, clock: clock.clock())
        box.hold(simulator)
        let totals = try await simulator.run()
        #expect(totals.unacknowledged.count == 1)
        #expect(10_000_000_000...13_000_000_000 ~= clock.nanoseconds)
    }

    @Test func `pauses between tries double up to two seconds`() {
        let pauses = (1...7).map { Simulator.pause(afterTry: $0) / 1_000_000 }
        #expect(pauses == [100, 200, 400, 800, 1_600, 2_000, 2_000])
    }

    @Test func `settings out of their range are refused by name`() throws {
        func refused(_ change: (inout Simulator.Configuration) -> Void) -> String {
            do throws(SimulatorError) {
                _ = try Simulator(Self.configuration(change))
                return ""
            } catch {
                return error.description
            }
        }
        #expect(refused { $0.agents = 0 } == "agents must be 1 to 100000")
        #expect(refused { $0.rate = -1 }.hasPrefix("rate must"))
        #expect(refused { $0.duration = .infinity }.hasPrefix("duration must"))
        #expect(refused { $0.concurrency = 0 }.hasPrefix("concurrency must"))
        #expect(refused { $0.compression = 0.5 }.hasPrefix("compress must"))
        #expect(refused { $0.target = "127.0.0.1" }.hasPrefix("target must"))
        #expect(refused { $0.domain = "a@b" }.hasPrefix("domain must"))
        #expect(refused { $0.secret = "whsec_!" }.hasPrefix("secret must"))
        #expect(refused { $0.provider = .postmark }.hasPrefix("secret must be user:password"))
        #expect(
            refused { $0.badAgent = "agent-051" }
                == "there is no agent 'agent-051' to misbehave: agents are agent-001 to agent-050"
        )
        #expect(refused { $0.badAgent = "agent-050" } == "")
    }
}

package import PostmeterMetrics
package import PostmeterModel

/// The instruments of one endpoint that webhooks come in at, bound once.
///
/// The listener and the fold each keep one; every method may be called on any thread.
package final class WebhookInstruments: Sendable {
    /// The id of the endpoint.
    package let endpoint: String
    /// The account it belongs to.
    package let account: String
    /// The platform.
    package let provider: MailProvider

    private let instruments: MailInstruments
    private let lag: Histogram
    private let requests: [Counter]
    private let events: [Counter]
    private let replays: [Counter]

    init(
        endpoint: String, account: String, provider: MailProvider, lag: Histogram,
        _ instruments: MailInstruments
    ) {
        self.endpoint = endpoint
        self.account = account
        self.provider = provider
        self.instruments = instruments
        self.lag = lag
        // A known endpoint never answers that it is unknown: that place shares a handle that is not used.
        let accepted = instruments.webhookRequests.bind(
            account, provider.rawValue, WebhookOutcome.accepted.rawValue)
        requests = WebhookOutcome.allCases.map { outcome in
            guard outcome != .unknownEndpoint, outcome != .accepted else { return accepted }
            return instruments.webhookRequests.bind(account, provider.rawValue, outcome.rawValue)
        }
        // From 0 on, so that a first one shows as a change: platforms give up what is too large.
        _ = instruments.webhookRejections.bind(
            account, provider.rawValue, WebhookOutcome.tooLarge.rawValue)
        events = FoldOutcome.allCases.map {
            instruments.webhookEvents.bind(account, provider.rawValue, $0.rawValue)
        }
        replays = FoldOutcome.allCases.map {
            instruments.deadLettersReplayed.bind(account, provider.rawValue, $0.rawValue)
        }
    }

    /// Counts a request by what was answered; `unknownEndpoint` is ``MailHooks/countUnknownEndpoint()``'s.
    package func count(_ outcome: WebhookOutcome) {
        guard outcome != .unknownEndpoint else { return }
        requests[outcome.index].add(1)
    }

    /// Counts a request that was refused for what it is; `reason` is of a closed set.
    package func countRejection(reason: String) {
        instruments.webhookRejections(account, provider.rawValue, reason).add(1)
    }

    /// Counts events by what the fold made of them.
    package func count(_ outcome: FoldOutcome, _ number: Int = 1) {
        events[outcome.index].add(UInt64(max(0, number)))
    }

    /// Records how long an event took from its time until its envelope was accepted; never below 0.
    package func recordLag(of event: MailEvent, acceptedAt: UnixTime) {
        lag.record(max(0, acceptedAt.seconds(since: event.time)))
    }

    /// What says when the endpoint's last event was, in seconds since the Unix epoch.
    package func bindLastEvent() -> Gauge {
        instruments.webhookLastEvent.bind(endpoint, provider.rawValue)
    }

    /// How many events of the endpoint were skipped in the platform's count and have not come.
    package func bindSequenceMissing() -> Gauge {
        instruments.webhookSequenceMissing.bind(endpoint, provider.rawValue)
    }

    /// Counts an envelope that could not be decoded; `reason` is of the closed set of the decoders.
    package func countDeadLetter(reason: String) {
        instruments.deadLetters(account, provider.rawValue, reason).add(1)
    }

    /// Counts a dead letter that was decoded again: `counted` when one of its events was new.
    package func countReplay(_ outcome: FoldOutcome) {
        replays[outcome.index].add(1)
    }
}

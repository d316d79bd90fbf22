import PostmeterMetrics

/// What is bound once for a provider.
final class ProviderHooks: Sendable {
    let provider: MailProvider
    /// The names of the event spans, `{event} {provider}`, by the kind's index.
    let spanNames: [String]
    private let lagPlace = LazyHandles<1, Histogram>()

    init(_ provider: MailProvider) {
        self.provider = provider
        spanNames = MailEventKind.allCases.map { "\($0.rawValue) \(provider.rawValue)" }
    }

    /// Event time to accepted-at.
    func lag(_ instruments: MailInstruments) -> Histogram {
        lagPlace.handle(at: 0) { instruments.webhookLag.bind(provider.rawValue) }
    }
}

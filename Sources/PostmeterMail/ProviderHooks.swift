import PostmeterMetrics

/// What is bound once for a provider.
final class ProviderHooks: Sendable {
    let provider: MailProvider
    /// The names of the event spans, `{event} {provider}`, by the kind's index.
    let spanNames: [String]
    private let lagPlace = LazyHandles<1, Histogram>()
    private let messagePlaces = LazyHandles<2, Counter>()
    private let durationPlaces = LazyHandles<3, Histogram>()

    init(_ provider: MailProvider) {
        self.provider = provider
        spanNames = MailEventKind.allCases.map { "\($0.rawValue) \(provider.rawValue)" }
    }

    /// Event time to accepted-at.
    func lag(_ instruments: MailInstruments) -> Histogram {
        lagPlace.handle(at: 0) { instruments.webhookLag.bind(provider.rawValue) }
    }

    /// Records in OpenTelemetry's `messaging.*` an operation that is over; nothing when it was cancelled.
    func record(
        _ operation: MessagingOperation, _ ending: HookEnding, _ seconds: Double,
        _ instruments: MailInstruments
    ) {
        guard let errorType = ending.errorType else { return }
        let name = operation.rawValue
        let messages: Family<Counter>?
        let durations: Family<Histogram>
        let place: Int
        switch operation {
        case .receive:
            (messages, durations, place) = (instruments.consumedMessages, instruments.operationDuration, 0)
        case .send:
            (messages, durations, place) = (instruments.sentMessages, instruments.operationDuration, 1)
        case .process:
            (messages, durations, place) = (nil, instruments.messageProcessDuration, 2)
        }
        guard errorType.isEmpty else {
            messages?(name, provider.rawValue, errorType).add(1)
            durations(name, provider.rawValue, errorType).record(seconds)
            return
        }
        // What goes well is bound, since it comes most.
        if let messages {
            messagePlaces.handle(at: place) { messages.bind(name, provider.rawValue, errorType) }.add(1)
        }
        durationPlaces.handle(at: place) { durations.bind(name, provider.rawValue, errorType) }
            .record(seconds)
    }
}

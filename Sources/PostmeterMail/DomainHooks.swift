import PostmeterMetrics

/// What is bound once for a domain at a provider: figures that no agent stands on.
final class DomainHooks: Sendable {
    private static let reasons = Bounce.Reason.allCases

    let account: String
    let domain: String
    let provider: String
    private let bouncePlaces = LazyHandles<28, Counter>()
    private let deliveryPlaces = LazyHandles<5, Histogram>()
    private let responsePlace = LazyHandles<1, Histogram>()

    init(account: String, domain: String, provider: String) {
        self.account = account
        self.domain = domain
        self.provider = provider
    }

    /// Bounces of this class and reason.
    func bounces(_ bounce: Bounce, _ instruments: MailInstruments) -> Counter {
        let place = (bounce.class == .hard ? 0 : Self.reasons.count) + bounce.reason.index
        return bouncePlaces.handle(at: place) {
            instruments.bounces.bind(
                account, domain, provider, bounce.class.rawValue, bounce.reason.rawValue)
        }
    }

    /// From accepted or sent to delivered, to this provider of recipients.
    func deliveryDuration(_ recipient: RecipientProvider, _ instruments: MailInstruments) -> Histogram {
        deliveryPlaces.handle(at: recipient.index) {
            instruments.deliveryDuration.bind(account, domain, provider, recipient.rawValue)
        }
    }

    /// From received to the reply accepted.
    func responseDuration(_ instruments: MailInstruments) -> Histogram {
        responsePlace.handle(at: 0) { instruments.responseDuration.bind(account, domain) }
    }
}

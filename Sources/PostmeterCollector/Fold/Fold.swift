internal import CPrimitives
internal import PostmeterFleet
internal import PostmeterJournal
internal import PostmeterMail
internal import PostmeterModel
internal import PostmeterWebhooks

/// The fold: turns the journal, record by record and in order, into figures, spans and state.
///
/// One thread owns it. What it does rests on the records alone and on what earlier ones made of it, never on
/// the clock of the moment, so folding the same journal again gives the same figures.
final class Fold {
    /// How long an event's id is remembered: platforms retry for days.
    static let memory: UInt64 = 8 * 86_400 * 1_000_000_000
    /// How many ids of events are remembered at the most, 16 bytes each.
    static let seenLimit = 2_000_000
    /// How many messages under way are remembered at the most.
    static let messageLimit = 500_000

    let hooks: MailHooks
    var fleet: Fleet
    var seen = FingerprintLog(name: .seen, limit: seenLimit, lifetime: memory)
    var messages = FingerprintLog(name: .messages, limit: messageLimit, lifetime: memory)
    var deadLetters: [DeadLetter] = []
    /// The generations to be deleted with the next checkpoint.
    var forgotten: [(log: FingerprintLog.Name, generation: UInt64)] = []
    /// The tree that the next checkpoint writes; nil when it did not change.
    var changedFleet: [UInt8]?
    /// The sequence number of the first record that is not folded yet.
    var position: UInt64

    private let parser = JSONParser()
    private let store: Store
    private let warn: @Sendable (String) -> Void
    private let key: (UInt64, UInt64)
    private var sources: [String: FoldSource] = [:]

    /// A fold that goes on where a checkpoint ended.
    ///
    /// - Parameter key: 16 bytes, the same for the life of the database, that event ids are hashed under.
    init(
        hooks: MailHooks, store: Store, key: [UInt8], warn: @escaping @Sendable (String) -> Void
    ) {
        self.hooks = hooks
        self.store = store
        self.warn = warn
        let words = Words.decoded(key)
        self.key = (words.first ?? 0, words.last ?? 0)
        fleet = Fleet()
        position = 1
    }

    /// Takes over the state of a checkpoint.
    func restore(_ checkpoint: Checkpoint) {
        position = checkpoint.sequence
        if let tree = checkpoint.fleet { fleet.apply(tree) }
        fleet.restore(checkpoint.provisioned)
        bindConfiguredAgents()
    }

    /// Folds one record.
    func apply(_ record: JournalRecord) {
        position = record.sequence + 1
        switch JournalKind(rawValue: record.kind) {
        case .envelope: apply(envelope: record)
        case .fleet: apply(fleet: record)
        case nil:
            warn("record \(record.sequence) is of kind \(record.kind), which this version does not know")
        }
        expire(at: record.time)
    }

    private func apply(fleet record: JournalRecord) {
        do {
            let tree = try FleetTree(encoded: record.payload)
            fleet.apply(tree)
            changedFleet = Array(record.payload)
            // Places of agents stay, but who owns an address may have changed.
            sources.removeAll()
            bindConfiguredAgents()
        } catch {
            warn("the fleet of record \(record.sequence) cannot be read: \(error)")
        }
    }

    /// Makes the series of every agent in the fleet file, so that they begin at 0 before its first mail.
    private func bindConfiguredAgents() {
        for type in WebhookProviders.all {
            for agent in fleet.agents where agent.isConfigured && expects(type.provider, agent: agent) {
                _ = hooks.agent(agent.identity, provider: type.provider)
            }
        }
    }

    /// The platforms that endpoints of each account are of; set by the collector before the fold runs.
    var providers: [AccountPath: Set<MailProvider>] = [:]

    private func expects(_ provider: MailProvider, agent: FleetAgent) -> Bool {
        let path = AccountPath(
            organization: agent.identity.organization, account: agent.identity.account)
        return providers[path]?.contains(provider) ?? false
    }

    private func apply(envelope record: JournalRecord) {
        guard let (envelope, body) = Envelope.read(record.payload) else {
            bury(record, route: nil, reason: "bad_envelope", detail: Envelope.problem(record.payload))
            return
        }
        guard let source = source(of: envelope.route) else {
            bury(
                record, route: Route(envelope.route), reason: "unknown_provider",
                detail: "this version has no decoder for '\(envelope.route)'")
            return
        }
        let events: [MailEvent]
        do throws(DecodeFailure) {
            events = try source.provider.decode(
                WebhookHeaders(envelope.headers), body: body, with: parser,
                acceptedAt: UnixTime(nanoseconds: record.time))
        } catch {
            source.figures.count(.dead)
            bury(record, route: source.route, reason: error.reason.rawValue, detail: error.detail)
            return
        }
        if events.isEmpty { source.figures.count(.ignored) }
        for event in events {
            apply(event, from: source, span: envelope.span, at: record.time)
        }
    }

    private func apply(_ event: MailEvent, from source: FoldSource, span: SpanContext?, at acceptedAt: UInt64)
    {
        let fingerprint = fingerprint(of: event.id, in: source.seed)
        guard seen.set(0, for: fingerprint, at: acceptedAt) else {
            source.figures.count(.duplicate)
            return
        }
        let place = fleet.resolve(event, in: source.route.account)
        let agent = source.agent(at: place) {
            hooks.agent(fleet.agents[place].identity, provider: source.mailProvider)
        }
        source.figures.count(.counted)
        let accepted = UnixTime(nanoseconds: acceptedAt)
        source.figures.recordLag(of: event, acceptedAt: accepted)
        // By when it was accepted, not when it happened: a late event shows as well that the endpoint lives.
        source.figures.setLastEvent(accepted)
        agent.count(event)
        follow(event, of: agent, span: span, at: acceptedAt)
    }

    /// The id of an event as 64 bits, different for each endpoint.
    private func fingerprint(of id: String, in seed: UInt64) -> UInt64 {
        var id = id
        return id.withUTF8 { pm_siphash24(key.0 ^ seed, key.1, $0.baseAddress, $0.count) }
    }

    private func source(of text: String) -> FoldSource? {
        if let source = sources[text] { return source }
        guard let route = Route(text), let provider = WebhookProviders.named(route.provider) else {
            return nil
        }
        var endpoint = route.endpoint
        let seed = endpoint.withUTF8 { pm_siphash24(key.0, key.1, $0.baseAddress, $0.count) }
        let source = FoldSource(
            route: route, provider: provider, seed: seed,
            figures: hooks.webhook(
                endpoint: route.endpoint, account: route.account.account, provider: provider.provider))
        sources[text] = source
        return source
    }

    private func bury(_ record: JournalRecord, route: Route?, reason: String, detail: String) {
        hooks.webhook(
            endpoint: route?.endpoint ?? MailIdentity.unknown,
            account: route?.account.account ?? MailIdentity.unknown,
            provider: MailProvider(rawValue: route?.provider ?? MailIdentity.unknown)
        ).countDeadLetter(reason: reason)
        deadLetters.append(
            DeadLetter(
                sequence: record.sequence, acceptedAt: record.time,
                endpoint: route?.endpoint ?? MailIdentity.unknown,
                provider: route?.provider ?? MailIdentity.unknown, reason: reason, detail: detail,
                envelope: Array(record.payload)))
    }

    /// Forgets generations that are too old or too many.
    private func expire(at acceptedAt: UInt64) {
        while let generation = seen.expired(at: acceptedAt) {
            seen.forget(generation: generation, batches: batches(of: .seen, generation))
            forgotten.append((.seen, generation))
        }
        while let generation = messages.expired(at: acceptedAt) {
            messages.forget(generation: generation, batches: batches(of: .messages, generation))
            forgotten.append((.messages, generation))
        }
    }

    private func batches(
        of log: FingerprintLog.Name, _ generation: UInt64
    ) -> [FingerprintLog.Batch] {
        do {
            return try store.batches(of: log, generation: generation)
        } catch {
            warn("generation \(generation) of \(log.rawValue) cannot be read back: \(error)")
            return []
        }
    }
}

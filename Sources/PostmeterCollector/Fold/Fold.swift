internal import CPrimitives
internal import PostmeterFleet
internal import PostmeterJournal
internal import PostmeterMail
internal import PostmeterMetrics
internal import PostmeterModel
internal import PostmeterWebhooks

/// The fold: turns the journal, record by record and in order, into figures, spans and state.
///
/// One thread owns it. What it does rests on the records alone and on what earlier ones made of it, never on
/// the clock of the moment, so folding the same journal again gives the same figures.
final class Fold {
    /// How long an event's id is remembered: platforms retry for days.
    static let memory: UInt64 = 8 * 86_400 * 1_000_000_000
    /// Ids of events: 8 days of 4 million a day, within 64 MiB of memory, and as many again.
    static let seenShape = FingerprintLog.Shape(
        generationEntries: 1 << 19, limit: 1 << 26, lifetime: memory)
    /// States of messages: 8 days of a million messages a day, two states each, and as many again.
    static let messageShape = FingerprintLog.Shape(
        generationEntries: 1 << 18, limit: 1 << 25, lifetime: memory)

    let hooks: MailHooks
    var fleet: Fleet
    var seen: FingerprintLog
    var messages: FingerprintLog
    /// The dead letters that are kept.
    var letters = DeadLetterShelf()
    /// How many those are; made when the fold's state is back.
    private(set) var letterFigures: DeadLetterInstruments?
    /// What is waited for.
    var waiting = Waiting()
    /// The other names of messages.
    var aliases = AliasTable()
    /// How many sent mails miss an outcome.
    var missing: [MissingKey: Int] = [:]
    /// The highest number of each endpoint's events since the last checkpoint, by the seed of the endpoint.
    var highestNumbers: [UInt64: UInt64] = [:]
    /// How many numbers of each endpoint were skipped and have not come, by the seed of the endpoint.
    var skippedNumbers: [UInt64: Int] = [:]

    /// The tree that the next checkpoint writes; nil when it did not change.
    var changedFleet: [UInt8]?
    /// The settings that hold, and their bytes for the next checkpoint; nil when they did not change.
    private(set) var settings = FoldSettings()
    var changedSettings: [UInt8]?
    /// The sequence number of the first record that is not folded yet.
    var position: UInt64

    /// For what is decoded at the fold's own turn: dead letters, and records that come to it as they are.
    let decoder = RecordDecoder()
    let warn: @Sendable (String) -> Void
    private let hashKey: (UInt64, UInt64)
    private var sources: [String: FoldSource] = [:] {
        didSet { if sources.isEmpty { last = nil } }
    }
    private var last: FoldSource?

    /// A fold that goes on where a checkpoint ended.
    ///
    /// - Parameter key: 16 bytes, the same for the life of the database, that event ids are hashed under.
    init(
        hooks: MailHooks, store: Store, key: [UInt8], warn: @escaping @Sendable (String) -> Void
    ) {
        self.hooks = hooks
        self.warn = warn
        let folder = FingerprintFolder(path: store.fingerprintFolder)
        seen = FingerprintLog(name: .seen, shape: Self.seenShape, folder: folder, warn: warn)
        messages = FingerprintLog(name: .messages, shape: Self.messageShape, folder: folder, warn: warn)
        let words = Words.decoded(key)
        hashKey = (words.first ?? 0, words.last ?? 0)
        fleet = Fleet()
        position = 1
    }

    /// Takes over the state of a checkpoint.
    func restore(_ checkpoint: Checkpoint) {
        position = checkpoint.sequence
        seen.open(checkpoint.fingerprintFiles[.seen] ?? [])
        messages.open(checkpoint.fingerprintFiles[.messages] ?? [])
        if let tree = checkpoint.fleet { fleet.apply(tree) }
        if let settings = checkpoint.settings {
            self.settings = settings
            decoder.take(settings)
        }
        fleet.restore(checkpoint.provisioned)
        letters.restore(checkpoint.deadLetters)
        letterFigures = hooks.deadLetters
        showLetters()
        for key in checkpoint.agentNumbers { waiting.agents.restore(key) }
        countRestoredMissing()
        countRestoredNumbers()
        bindConfiguredAgents()
    }

    /// Takes back a batch of what is waited for, oldest first.
    func restore(_ batch: WaitingTable.Batch, of name: String) {
        if name == Store.aliases { aliases.restore(batch) }
        waiting.forEach { table in
            if table.name.rawValue == name { table.restore(batch) }
        }
    }

    /// Folds one record as the journal has it.
    func apply(_ record: JournalRecord) {
        apply(decoder.decode(record))
    }

    /// Folds one record.
    func apply(_ record: DecodedRecord) {
        position = record.sequence + 1
        // What was due before this record happened before it.
        expireWaits(at: record.time)
        switch record.content {
        case .webhook(let webhook): apply(webhook, of: record)
        case .unreadable(let letter):
            bury(letter, of: record)
        case .other(let kind, let payload):
            apply(payload, of: kind, record)
        }
        if letters.count > 0 { trimLetters(at: record.time) }
        seen.expire(at: record.time)
        messages.expire(at: record.time)
    }

    private func apply(_ payload: [UInt8], of kind: UInt8, _ record: DecodedRecord) {
        switch JournalKind(rawValue: kind) {
        case .fleet: take(fleet: payload)
        case .settings: take(settings: payload)
        case .deadLetter: apply(order: payload, of: record)
        case .tick, .envelope: break
        case nil:
            warn("record \(record.sequence) is of kind \(kind), which this version does not know")
        }
    }

    /// Takes the fleet that holds from here on.
    func take(fleet bytes: [UInt8]) {
        do {
            fleet.apply(try FleetTree(encoded: bytes))
            changedFleet = bytes
            // Places of agents stay, but who owns an address may have changed.
            sources.removeAll()
            bindConfiguredAgents()
        } catch {
            warn("the fleet before record \(position) cannot be read: \(error)")
        }
    }

    /// Takes the settings that hold from here on.
    func take(settings bytes: [UInt8]) {
        do {
            settings = try FoldSettings(encoded: bytes)
            decoder.take(settings)
            changedSettings = bytes
            // What bodies are read by may have changed.
            sources.removeAll()
            bindConfiguredAgents()
            showNumbers()
        } catch {
            warn("the settings before record \(position) cannot be read: \(error)")
        }
    }

    /// Makes the series of every agent in the fleet file, so that they begin at 0 before its first mail.
    private func bindConfiguredAgents() {
        let providers = settings.providers.mapValues { $0.sorted { $0.rawValue < $1.rawValue } }
        for agent in fleet.agents where agent.isConfigured {
            let path = AccountPath(
                organization: agent.identity.organization, account: agent.identity.account)
            for provider in providers[path] ?? [] {
                _ = hooks.agent(agent.identity, provider: provider)
            }
        }
    }

    /// Counts the events of a webhook; one that cannot be read becomes a dead letter.
    ///
    /// What stands beside an event that cannot be read counts; folded again, only the rest is new.
    private func apply(_ webhook: DecodedRecord.Webhook, of record: DecodedRecord) {
        let source = source(webhook.source)
        apply(webhook.events, from: source, span: webhook.span, at: record.time)
        if !webhook.numbers.isEmpty { note(webhook.numbers, of: source, at: record.time) }
        if let letter = webhook.letter {
            source.figures.count(.dead)
            bury(letter, of: record)
        } else if webhook.events.isEmpty {
            source.figures.count(.ignored)
        }
    }

    /// Applies the events of a webhook where they stand: one is too large to be copied for each call.
    private func apply(_ events: [MailEvent], from source: FoldSource, span: SpanContext?, at time: UInt64) {
        let events = events.span
        for index in events.indices {
            apply(events[index], from: source, span: span, at: time, acceptedAt: time)
        }
    }

    /// Counts an event and follows its message; false when it was seen before.
    ///
    /// - Parameters:
    ///   - now: The time of the record that is folded.
    ///   - acceptedAt: When the webhook was accepted: earlier than `now` in a replay.
    @discardableResult
    func apply(
        _ event: MailEvent, from source: FoldSource, span: SpanContext?, at now: UInt64, acceptedAt: UInt64
    ) -> Bool {
        guard seen.insert(hash(event.id, source.seed), at: now) else {
            source.figures.count(.duplicate)
            return false
        }
        let agent = agent(of: event, from: source)
        source.figures.count(.counted)
        let accepted = UnixTime(nanoseconds: acceptedAt)
        source.figures.recordLag(of: event, acceptedAt: accepted)
        // By when it was accepted, not when it happened: a late event shows as well that the endpoint lives.
        // A replay is no sign of life.
        if acceptedAt == now { source.lastEvent.set(accepted.seconds) }
        agent.hooks.count(event)
        let message = message(of: event, agent.hooks, from: source)
        let known = messages.word(of: message.traceID.low)
        let answered = settle(event, message, known, of: agent, from: source, at: now)
        follow(
            event, message, known, answers: answered, of: agent.hooks, from: source, span: span, at: now)
        return true
    }

    private func agent(of event: MailEvent, from source: FoldSource) -> FoldAgent {
        // Most events are about mail that was sent, by few senders.
        let isSent = event.mailbox.isEmpty && !event.isInbound
        if isSent, let agent = source.agent(ofSender: event.sender) { return agent }
        let place = fleet.resolve(event, in: source.route.account)
        let agent = source.agent(at: place) {
            watched(hooks.agent(fleet.agents[place].identity, provider: source.mailProvider), at: place)
        }
        if isSent { source.note(agent, ofSender: event.sender) }
        return agent
    }

    /// A text as 64 bits, different for each seed, and for each database.
    func hash(_ text: String, _ seed: UInt64 = 0) -> UInt64 {
        var text = text
        return text.withUTF8 { pm_siphash24(hashKey.0 ^ seed, hashKey.1, $0.baseAddress, $0.count) }
    }

    /// What is kept of the route of a webhook.
    func source(_ decoding: DecodingSource) -> FoldSource {
        // Records of one endpoint come in runs.
        if let last, last.decoding === decoding { return last }
        let found = sources[decoding.text] ?? makeSource(decoding)
        sources[decoding.text] = found
        last = found
        return found
    }

    private func makeSource(_ decoding: DecodingSource) -> FoldSource {
        let (route, provider) = (decoding.route, decoding.mailProvider)
        return FoldSource(
            decoding, seed: hash(route.endpoint), mailSeed: hash("\(route.account) \(provider.rawValue)"),
            figures: figures(of: route, provider: provider))
    }

    private func bury(_ letter: DecodedRecord.Letter, of record: DecodedRecord) {
        let route = letter.route
        figures(of: route, provider: letter.provider).countDeadLetter(reason: letter.reason)
        letters.add(
            DeadLetter(
                sequence: record.sequence, acceptedAt: record.time,
                endpoint: route?.endpoint ?? MailIdentity.unknown,
                provider: letter.provider?.rawValue ?? route?.provider ?? MailIdentity.unknown,
                reason: letter.reason,
                detail: letter.detail, envelope: letter.envelope))
        showLetters()
    }
}

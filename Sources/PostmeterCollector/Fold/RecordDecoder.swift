internal import PostmeterJournal
internal import PostmeterMail
internal import PostmeterModel
internal import PostmeterWebhooks

/// Decodes records of the journal in their order, by the settings that hold where each stands.
///
/// One thread at a time.
final class RecordDecoder {
    private var settings: FoldSettings
    private let parser = JSONParser(byteLimit: WebhookLimit.eventBody)
    private var sources: [String: DecodingSource] = [:]
    /// The source of the record before: those of one endpoint come in runs.
    private var last: DecodingSource?

    /// - Parameter settings: Those that hold before the first record.
    init(_ settings: FoldSettings = FoldSettings()) {
        self.settings = settings
    }

    /// Takes the settings that hold from here on.
    func take(_ settings: FoldSettings) {
        self.settings = settings
        sources.removeAll()
        last = nil
    }

    /// Decodes a record; settings among them hold for those behind it.
    func decode(_ record: JournalRecord) -> DecodedRecord {
        let content: DecodedRecord.Content
        switch JournalKind(rawValue: record.kind) {
        case .envelope:
            content = decode(envelope: record)
        case .settings:
            // The fold says what is wrong with those that cannot be read.
            if let found = try? FoldSettings(encoded: record.payload) { take(found) }
            content = .other(kind: record.kind, payload: Array(record.payload))
        default:
            content = .other(kind: record.kind, payload: Array(record.payload))
        }
        return DecodedRecord(sequence: record.sequence, time: record.time, content: content)
    }

    private func decode(envelope record: JournalRecord) -> DecodedRecord.Content {
        let bytes = record.payload
        guard let (envelope, body) = Envelope.read(bytes, route: lastRoute(of: bytes)) else {
            return .unreadable(
                DecodedRecord.Letter(
                    reason: "bad_envelope", detail: Envelope.problem(bytes), envelope: Array(bytes)))
        }
        guard let source = source(of: envelope.route) else {
            return .unreadable(
                DecodedRecord.Letter(
                    route: Route(envelope.route), reason: "unknown_provider",
                    detail: Self.isUnknown(envelope.route), envelope: Array(bytes)))
        }
        var webhook = DecodedRecord.Webhook(source: source, span: envelope.span)
        let accepted = accepted(envelope, body, from: source, at: record.time)
        let parser = parser(for: body)
        do throws(DecodeFailure) {
            webhook.events = try source.provider.decode(accepted, with: parser)
        } catch {
            webhook.events = error.events
            webhook.letter = DecodedRecord.Letter(
                route: source.route, provider: source.mailProvider, reason: error.reason.rawValue,
                detail: error.detail, envelope: Array(bytes))
        }
        webhook.numbers = source.provider.numbers(in: accepted, with: parser)
        return .webhook(webhook)
    }

    /// The events that the decoder of a platform finds in a body.
    func events(
        of envelope: Envelope, _ body: UnsafeRawBufferPointer, from source: DecodingSource, acceptedAt: UInt64
    ) throws(DecodeFailure) -> [MailEvent] {
        try source.provider.decode(
            accepted(envelope, body, from: source, at: acceptedAt), with: parser(for: body))
    }

    private func accepted(
        _ envelope: Envelope, _ body: UnsafeRawBufferPointer, from source: DecodingSource, at time: UInt64
    ) -> AcceptedWebhook {
        AcceptedWebhook(
            headers: WebhookHeaders(envelope.headers), body: body,
            acceptedAt: UnixTime(nanoseconds: time), options: source.options)
    }

    /// How a route is read; nil when its platform is none that is known here.
    func source(of text: String) -> DecodingSource? {
        if let last, last.text == text { return last }
        guard let source = sources[text] ?? DecodingSource(text, settings) else { return nil }
        sources[text] = source
        last = source
        return source
    }

    /// Says that there is no decoder for a route.
    static func isUnknown(_ route: String) -> String {
        "this version has no decoder for '\(route)'"
    }

    /// The route of the record before, when an envelope has the same one, as nearly all have.
    private func lastRoute(of bytes: UnsafeRawBufferPointer) -> String? {
        guard let last, let route = Envelope.route(in: bytes), route.elementsEqual(last.bytes) else {
            return nil
        }
        return last.text
    }

    /// The parser that is kept, unless the body is a large one: a parser holds on to several times the memory of
    /// the largest body it has seen.
    private func parser(for body: UnsafeRawBufferPointer) -> JSONParser {
        body.count <= WebhookLimit.eventBody ? parser : JSONParser(byteLimit: body.count)
    }
}

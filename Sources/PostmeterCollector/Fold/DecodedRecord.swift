internal import PostmeterMail
internal import PostmeterModel

/// A record of the journal, read and decoded: what that gives rests on the record and on the settings before it,
/// never on what the fold made of other records.
///
/// It goes from one thread to another and is looked at in its place, so it is an object.
final class DecodedRecord: Sendable {
    /// The record's number.
    let sequence: UInt64
    /// When the journal took it, in nanoseconds since the Unix epoch.
    let time: UInt64
    let content: Content

    init(sequence: UInt64, time: UInt64, content: Content) {
        self.sequence = sequence
        self.time = time
        self.content = content
    }

    enum Content: Sendable {
        /// A webhook.
        case webhook(Webhook)
        /// An envelope that nobody here can read.
        case unreadable(Letter)
        /// A record of another kind, as it is.
        case other(kind: UInt8, payload: [UInt8])
    }

    /// A webhook whose envelope can be read.
    struct Webhook: Sendable {
        let source: DecodingSource
        /// The span that served it.
        let span: SpanContext?
        var events: [MailEvent] = []
        /// The numbers that the platform gave its events, where it counts them.
        var numbers: [UInt64] = []
        /// What is kept when some of the events, or all, cannot be read.
        var letter: Letter?
    }

    /// What a webhook that cannot be read is kept with.
    struct Letter: Sendable {
        /// Where it came in; nil when its envelope does not say.
        var route: Route?
        var provider: MailProvider?
        /// Why it cannot be read, from the closed set, and in a sentence.
        var reason: String
        var detail: String
        /// The whole record.
        var envelope: [UInt8]
    }
}

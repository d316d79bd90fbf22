public import PostmeterModel

/// One event of one mail, in one vocabulary for all platforms.
public struct MailEvent: Sendable, Hashable {
    /// What happened.
    public var kind: MailEventKind
    /// The platform that said so.
    public var provider: MailProvider
    /// The platform's id of this event, by which a repeated delivery is known; unique within an endpoint.
    public var id: String
    /// When it happened, by the platform's clock.
    public var time: UnixTime
    /// The platform's id of the mail; empty when the event carries none.
    public var messageID: String
    /// The Message-ID header without angle brackets; empty when the event carries none.
    public var internetMessageID: String
    /// The Message-ID of the mail that this one answers; empty when it answers none.
    public var inReplyTo: String
    /// The platform's id of the conversation, or the root Message-ID; empty when unknown.
    public var conversationID: String
    /// The sender's address without its display name.
    public var sender: String
    /// The addresses of the recipients that the event is about, without display names.
    public var recipients: [String]
    /// The address or id of the mailbox that the platform filed the event under; empty when it names none.
    public var mailbox: String
    /// How many recipients the event counts for; at least 1.
    public var count: Int
    /// Why it bounced or was put off; nil for other kinds.
    public var bounce: Bounce?
    /// A word of the platform on the event (subtype, verdict, reason); goes to spans and log records
    /// only.
    public var detail: String
    /// Whether a received mail says of itself that a machine sent it, without a person's doing (RFC 3834).
    public var isAutomatic: Bool

    /// Creates an event.
    public init(
        kind: MailEventKind, provider: MailProvider, id: String, time: UnixTime, messageID: String = "",
        internetMessageID: String = "", inReplyTo: String = "", conversationID: String = "",
        sender: String = "", recipients: [String] = [], mailbox: String = "", count: Int = 1,
        bounce: Bounce? = nil, detail: String = "", isAutomatic: Bool = false
    ) {
        self.kind = kind
        self.provider = provider
        self.id = id
        self.time = time
        self.messageID = messageID
        self.internetMessageID = internetMessageID
        self.inReplyTo = inReplyTo
        self.conversationID = conversationID
        self.sender = sender
        self.recipients = recipients
        self.mailbox = mailbox
        self.count = max(1, count)
        self.bounce = bounce
        self.detail = detail
        self.isAutomatic = isAutomatic
    }

    /// Whether the mail came to us.
    public var isInbound: Bool {
        kind.isInbound
    }
}

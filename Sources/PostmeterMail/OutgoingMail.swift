/// A mail to be sent, as far as a hook has to know it.
public struct OutgoingMail: Sendable, Hashable {
    /// The platform's id of the mail; empty while the platform has given it none.
    public var messageID: String
    /// The received mail that this one answers; nil when it answers none.
    public var answering: IncomingMail?
    /// The platform's id of the conversation, or the root Message-ID; empty when unknown.
    public var conversationID: String
    /// The addresses of the recipients, without display names; spans and log records say of them what
    /// privacy allows.
    public var recipients: [String]

    /// Names a mail to be sent.
    public init(
        messageID: String = "", answering: IncomingMail? = nil, conversationID: String = "",
        recipients: [String] = []
    ) {
        self.messageID = messageID
        self.answering = answering
        self.conversationID = conversationID.isEmpty ? answering?.conversationID ?? "" : conversationID
        self.recipients = recipients
    }
}

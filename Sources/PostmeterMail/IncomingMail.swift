public import PostmeterModel

/// A received mail, as far as a hook has to know it.
public struct IncomingMail: Sendable, Hashable {
    /// The platform's id of the mail, which its trace goes by.
    public var messageID: String
    /// The Message-ID of the mail that this one answers; empty when it answers none.
    public var inReplyTo: String
    /// The platform's id of the conversation, or the root Message-ID; empty when unknown.
    public var conversationID: String
    /// When the platform received the mail, which `email.response.duration` of a reply counts from; nil when
    /// unknown: then there is none.
    public var receivedAt: UnixTime?

    /// Names a received mail.
    public init(
        messageID: String, inReplyTo: String = "", conversationID: String = "", receivedAt: UnixTime? = nil
    ) {
        self.messageID = messageID
        self.inReplyTo = inReplyTo
        self.conversationID = conversationID
        self.receivedAt = receivedAt
    }
}

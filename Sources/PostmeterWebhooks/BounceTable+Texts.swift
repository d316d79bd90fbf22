import PostmeterMail

extension BounceTable {
    /// Parts of what mail servers say, the particular before the general.
    ///
    /// The order matters: `recipient address rejected: greylisted` is no bad recipient.
    static let texts: [Text] = [
        Text("dmarc", .authFailure),
        Text("dkim", .authFailure),
        Text("spf", .authFailure),
        Text("unauthenticated", .authFailure),
        Text("not authenticated", .authFailure),
        Text("reverse dns", .authFailure),
        Text("ptr record", .authFailure),

        Text("spamhaus", .spamBlock),
        Text("spamcop", .spamBlock),
        Text("barracuda", .spamBlock),
        Text("dnsbl", .spamBlock),
        Text("blocklist", .spamBlock),
        Text("block list", .spamBlock),
        Text("blacklist", .spamBlock),
        Text("black list", .spamBlock),
        Text("reputation", .spamBlock),
        Text("client host blocked", .spamBlock),
        Text("banned sending ip", .spamBlock),

        Text("greylist", .rateLimited),
        Text("graylist", .rateLimited),
        Text("rate limit", .rateLimited),
        Text("too many", .rateLimited),
        Text("throttl", .rateLimited),
        Text("receiving mail at a rate", .rateLimited),
        Text("receiving mail too quickly", .rateLimited),
        Text("unusual rate", .rateLimited),

        Text("mailbox full", .mailboxFull),
        Text("mailbox is full", .mailboxFull),
        Text("inbox is full", .mailboxFull),
        Text("over quota", .mailboxFull),
        Text("overquota", .mailboxFull),
        Text("quota exceeded", .mailboxFull),
        Text("out of storage", .mailboxFull),

        Text("message too large", .messageTooLarge),
        Text("message size", .messageTooLarge),
        Text("size limit", .messageTooLarge),
        Text("too big", .messageTooLarge),

        Text("relay", .relayDenied),

        Text("domain not found", .badDomain),
        Text("domain does not exist", .badDomain),
        Text("host not found", .badDomain),
        Text("host unknown", .badDomain),
        Text("unknown host", .badDomain),
        Text("unrouteable", .badDomain),
        Text("nxdomain", .badDomain),
        Text("null mx", .badDomain),
        Text("no mx", .badDomain),

        Text("disabled", .inactiveMailbox),
        Text("inactive", .inactiveMailbox),
        Text("deactivated", .inactiveMailbox),
        Text("suspended", .inactiveMailbox),
        Text("no longer", .inactiveMailbox),

        Text("user unknown", .invalidRecipient),
        Text("unknown user", .invalidRecipient),
        Text("user not found", .invalidRecipient),
        Text("no such user", .invalidRecipient),
        Text("no such recipient", .invalidRecipient),
        Text("no such mailbox", .invalidRecipient),
        Text("does not exist", .invalidRecipient),
        Text("doesn't exist", .invalidRecipient),
        Text("couldn't be found", .invalidRecipient),
        Text("invalid recipient", .invalidRecipient),
        Text("unknown recipient", .invalidRecipient),
        Text("recipient not found", .invalidRecipient),
        Text("recipient rejected", .invalidRecipient),
        Text("recipient address rejected", .invalidRecipient),
        Text("mailbox not found", .invalidRecipient),
        Text("mailbox unavailable", .invalidRecipient),

        Text("spam", .spamContent),
        Text("unsolicited", .spamContent),
        Text("phishing", .spamContent),
        Text("malicious", .spamContent),
        Text("virus", .spamContent),
        Text("message content", .spamContent),

        Text("expired", .expired),
        Text("retry time", .expired),
        Text("retry timeout", .expired),

        Text("policy", .policy),
        Text("not allowed", .policy),
        Text("prohibited", .policy),
        Text("access denied", .policy),

        Text("timed out", .connection),
        Text("timeout", .connection),
        Text("connection", .connection),
        Text("unreachable", .connection),
        Text("unavailable", .connection),
    ]
}

import PostmeterMail

/// What the words of platforms and mail servers mean: the table behind `BounceClassifier`.
///
/// To teach it something, add a row. Platform words and exact codes decide; then the texts, first match
/// first; then vague codes; then plain SMTP replies.
enum BounceTable {
    struct Word: Sendable {
        /// The platform's word, in lower case.
        let word: String
        let reason: Bounce.Reason

        init(_ word: String, _ reason: Bounce.Reason) {
            self.word = word
            self.reason = reason
        }
    }

    struct Status: Sendable {
        enum Weight: Sendable {
            /// The code means one thing, whatever the text says.
            case exact
            /// Servers use the code for many things: the text knows better.
            case vague
            /// Exact, and a bounce with it is hard even if the platform calls it transient.
            case alwaysHard
        }

        let subject: Int
        let detail: Int
        let reason: Bounce.Reason
        let weight: Weight

        init(_ subject: Int, _ detail: Int, _ reason: Bounce.Reason, _ weight: Weight = .exact) {
            self.subject = subject
            self.detail = detail
            self.reason = reason
            self.weight = weight
        }
    }

    struct Text: Sendable {
        /// Lower-case ASCII that stands anywhere in the text.
        let part: StaticString
        let reason: Bounce.Reason

        init(_ part: StaticString, _ reason: Bounce.Reason) {
            self.part = part
            self.reason = reason
        }
    }

    struct Reply: Sendable {
        let code: Int
        let reason: Bounce.Reason

        init(_ code: Int, _ reason: Bounce.Reason) {
            self.code = code
            self.reason = reason
        }
    }

    /// Words that say the platform did not try, since the recipient is on a do-not-send list.
    static let suppressions = ["suppressed", "onaccountsuppressionlist"]

    /// Subtypes of Amazon SES, which Resend and AgentMail pass on, its types of delays, types of Postmark, and
    /// reasons of Mailgun.
    ///
    /// `General`, `Undetermined` and `RecipientServerError` say nothing.
    static let words: [Word] = [
        Word("noemail", .invalidRecipient),
        Word("mailboxfull", .mailboxFull),
        Word("messagetoolarge", .messageTooLarge),
        Word("contentrejected", .spamContent),
        Word("attachmentrejected", .policy),
        Word("customtimeoutexceeded", .expired),
        Word("virusnotification", .spamContent),
        Word("greylisted", .rateLimited),
        Word("espblock", .spamBlock),
        Word("old", .expired),
        Word("spamdetected", .spamBlock),
        Word("ipfailure", .spamBlock),
        Word("transientcommunicationfailure", .connection),
    ]

    /// Codes of RFC 3463 and its IANA registry, and those that Microsoft and Google have added.
    static let statuses: [Status] = [
        Status(1, 0, .invalidRecipient, .vague),
        Status(1, 1, .invalidRecipient),
        Status(1, 2, .badDomain, .alwaysHard),
        Status(1, 3, .invalidRecipient),
        Status(1, 4, .invalidRecipient),
        Status(1, 6, .inactiveMailbox),
        Status(1, 7, .policy, .vague),
        Status(1, 8, .policy, .vague),
        Status(1, 10, .badDomain, .alwaysHard),
        Status(2, 0, .inactiveMailbox, .vague),
        Status(2, 1, .inactiveMailbox, .vague),
        Status(2, 2, .mailboxFull),
        Status(2, 3, .messageTooLarge),
        Status(2, 4, .other, .vague),
        Status(3, 3, .policy, .vague),
        Status(3, 4, .messageTooLarge),
        Status(4, 1, .connection, .vague),
        Status(4, 2, .connection),
        Status(4, 3, .connection),
        Status(4, 4, .badDomain, .alwaysHard),
        Status(4, 5, .connection),
        Status(4, 6, .connection),
        Status(4, 7, .expired),
        Status(5, 3, .rateLimited),
        Status(7, 2, .policy),
        Status(7, 5, .authFailure),
        Status(7, 7, .authFailure),
        Status(7, 8, .authFailure),
        Status(7, 13, .inactiveMailbox),
        Status(7, 17, .inactiveMailbox),
        Status(7, 18, .badDomain),
        Status(7, 20, .authFailure),
        Status(7, 21, .authFailure),
        Status(7, 22, .authFailure),
        Status(7, 23, .authFailure),
        Status(7, 24, .authFailure),
        Status(7, 25, .authFailure),
        Status(7, 26, .authFailure),
        Status(7, 27, .authFailure),
        Status(7, 28, .rateLimited),
        Status(7, 29, .authFailure),
        Status(7, 508, .rateLimited),
        Status(7, 509, .authFailure),
        Status(7, 511, .spamBlock),
        Status(7, 515, .authFailure),
        Status(7, 705, .spamBlock),
        Status(7, 708, .spamBlock),
    ]

    /// What the subject alone says when no row above names the code.
    static let subjects: [Int: Bounce.Reason] = [
        1: .invalidRecipient, 2: .inactiveMailbox, 3: .connection, 4: .connection, 6: .policy, 7: .policy,
    ]

    /// Replies of RFC 5321 that come without an enhanced code.
    static let replies: [Reply] = [
        Reply(421, .connection), Reply(452, .mailboxFull), Reply(521, .badDomain), Reply(530, .authFailure),
        Reply(535, .authFailure), Reply(550, .invalidRecipient), Reply(551, .invalidRecipient),
        Reply(552, .mailboxFull), Reply(553, .invalidRecipient), Reply(554, .policy), Reply(556, .badDomain),
    ]
}

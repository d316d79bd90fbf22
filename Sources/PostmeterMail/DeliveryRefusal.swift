/// How a platform said no to a mail that was handed to it; its words are those of `email.event`.
public enum DeliveryRefusal: String, Sendable, Hashable, CaseIterable {
    /// It refused the mail before any attempt.
    case rejected
    /// It does not try, since the recipient is on a do-not-send list.
    case suppressed
    /// It could not take the mail.
    case failed
    /// It could not take the mail now, and asked for another try later.
    case deferred
}

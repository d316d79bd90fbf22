import PostmeterMail

/// Why a mail bounced, was put off or was not sent.
extension SendGrid {
    /// A class that SendGrid's classifier put a bounce in.
    private struct Classification: Sendable {
        let name: StaticString
        /// What it means when the receiving server's answer tells no more.
        let reason: Bounce.Reason
        /// Whether nothing is said against the address.
        let isSoft: Bool

        init(_ name: StaticString, _ reason: Bounce.Reason, isSoft: Bool) {
            self.name = name
            self.reason = reason
            self.isSoft = isSoft
        }
    }

    private static let classifications: [Classification] = [
        Classification("invalid address", .invalidRecipient, isSoft: false),
        Classification("mailbox unavailable", .inactiveMailbox, isSoft: false),
        Classification("technical", .connection, isSoft: true),
        Classification("content", .spamContent, isSoft: true),
        Classification("reputation", .spamBlock, isSoft: true),
        Classification("frequency or volume", .rateLimited, isSoft: true),
        Classification("frequency/volume", .rateLimited, isSoft: true),
    ]

    /// Reasons of `dropped` that mean the address is on one of the account's lists, in lower case.
    private static let suppressions = ["bounced address", "unsubscribed address", "spam reporting address"]

    /// Reads a bounce or a deferral.
    ///
    /// A bounce of type `bounce` is hard, and puts its address on SendGrid's list of bounces; unless it is for
    /// the mail or its sender that the server refused it. One of type `blocked` or `expired` is soft.
    static func readBounce(_ item: JSONValue, into event: inout MailEvent) {
        let type = item["type"]
        let word = item["bounce_classification"]?.utf8
        let classification = word.flatMap { word in
            classifications.first { word.equals(anyCase: $0.name) }
        }
        let isExpired = type?.equals("expired") == true
        let isSoft =
            event.kind == .deferred || isExpired || type?.equals("blocked") == true
            || classification?.isSoft == true
        event.detail = type?.text(limit: FieldLimit.word) ?? ""
        var bounce = BounceClassifier.classify(
            BounceEvidence(
                said: isSoft ? .soft : .hard,
                assumed: isSoft ? .soft : .hard,
                text: diagnostic(of: item)
            )
        )
        if bounce.reason == .other {
            bounce.reason = isExpired ? .expired : classification?.reason ?? .other
        }
        if bounce.diagnostic.isEmpty, let word {
            bounce.diagnostic = String(line: word, limit: FieldLimit.word)
        }
        event.bounce = bounce
    }

    /// Reads why a mail was not sent: whether its address is on a list, or SendGrid did not want it.
    static func readDrop(_ item: JSONValue, into event: inout MailEvent) {
        let reason = item["reason"]?.text(limit: FieldLimit.sentence) ?? ""
        event.detail = MailAddress.masking(reason).line(limit: FieldLimit.sentence)
        let lowered = reason.lowercased()
        if suppressions.contains(where: lowered.hasPrefix) { event.kind = .suppressed }
    }

    /// What the receiving server said, behind the status code when the text has none of its own.
    private static func diagnostic(of item: JSONValue) -> String {
        let said = (item["reason"] ?? item["response"])?.text(limit: FieldLimit.diagnostic) ?? ""
        guard let status = item["status"]?.text(limit: FieldLimit.word), !status.isEmpty else { return said }
        var text = said
        let isTold = text.withUTF8 { EnhancedStatus.find(in: $0) != nil }
        if isTold { return said }
        return said.isEmpty ? status : "\(status) \(said)"
    }
}

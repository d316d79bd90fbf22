import PostmeterMail

extension AmazonSES {
    /// The bounces of one event: one event of ours for each class and reason among its recipients.
    static func bounces(_ bounce: JSONValue, like event: MailEvent) throws(DecodeFailure) -> [MailEvent] {
        var event = event
        let said = BounceClassifier.amazonClass(try bounce.required("bounceType", in: "bounce"))
        let word = bounce["bounceSubType"]?.text(limit: FieldLimit.word) ?? ""
        event.detail = word.isEmpty ? bounce["bounceType"]?.text(limit: FieldLimit.word) ?? "" : word
        let recipients = bounce["bouncedRecipients"]
        guard !BounceClassifier.isSuppression(word) else {
            event.kind = .suppressed
            readRecipients(recipients, into: &event)
            return [event]
        }
        var groups = BounceGroups(like: event)
        for recipient in recipients?.elements ?? [] {
            groups.add(recipient, classified(recipient, said: said, word: word))
        }
        return groups.events(orElse: classified(nil, said: said, word: word))
    }

    /// Reads a delay: who it is about, and the first recipient's reason for it.
    static func readDelay(_ delay: JSONValue, into event: inout MailEvent) {
        let recipients = delay["delayedRecipients"]
        readRecipients(recipients, into: &event)
        let word = delay["delayType"]?.text(limit: FieldLimit.word) ?? ""
        event.detail = word
        event.bounce = classified(recipients?.elements.first, said: .soft, word: word)
    }

    /// Reads a complaint, which counts once: where a provider hides who complained, SES lists all it may be.
    ///
    /// False when it says that the mail was no spam.
    static func readComplaint(_ complaint: JSONValue, into event: inout MailEvent) -> Bool {
        guard complaint["complaintFeedbackType"]?.equals("not-spam") != true else { return false }
        let word = complaint["complaintSubType"]?.text(limit: FieldLimit.word) ?? ""
        guard !BounceClassifier.isSuppression(word) else {
            // SES did not try, since the recipient had complained before.
            event.kind = .suppressed
            event.detail = word
            readRecipients(complaint["complainedRecipients"], into: &event)
            return true
        }
        complaint["complainedRecipients"]?.appendAddresses(to: &event.recipients)
        event.detail = complaint["complaintFeedbackType"]?.text(limit: FieldLimit.word) ?? ""
        return true
    }

    private static func classified(_ recipient: JSONValue?, said: Bounce.Class?, word: String) -> Bounce {
        BounceClassifier.classify(
            BounceEvidence(said: said, assumed: .soft, word: word, text: recipient.map(text) ?? "")
        )
    }

    /// What the receiving server said, behind the status that SES made of it unless that says no more.
    private static func text(of recipient: JSONValue) -> String {
        let said = recipient["diagnosticCode"]?.text(limit: FieldLimit.diagnostic) ?? ""
        let status = recipient["status"]?.text(limit: FieldLimit.word) ?? ""
        if status.isEmpty || said.contains(status) { return said }
        if said.isEmpty { return status }
        return status.hasSuffix(".0.0") ? "\(said) \(status)" : "\(status) \(said)"
    }
}

import PostmeterMail

extension AgentMail {
    /// The bounces of one webhook: one event for each class and reason among its recipients.
    static func bounces(_ bounce: JSONValue, like event: MailEvent) -> [MailEvent] {
        var event = event
        let word = bounce["sub_type"]?.text(limit: FieldLimit.word) ?? ""
        let said = bounce["type"].flatMap(BounceClassifier.amazonClass)
        event.detail = word.isEmpty ? bounce["type"]?.text(limit: FieldLimit.word) ?? "" : word
        let recipients = bounce["recipients"]
        guard !BounceClassifier.isSuppression(word) else {
            event.kind = .suppressed
            recipients?.appendAddresses(to: &event.recipients)
            event.count = max(1, recipients?.itemCount ?? 1)
            return [event]
        }
        func classified(_ status: String) -> Bounce {
            BounceClassifier.classify(BounceEvidence(said: said, assumed: .hard, word: word, text: status))
        }

        var groups = BounceGroups(like: event)
        for recipient in recipients?.elements ?? [] {
            groups.add(recipient, classified(recipient["status"]?.text(limit: FieldLimit.diagnostic) ?? ""))
        }
        return groups.events(orElse: classified(""))
    }
}

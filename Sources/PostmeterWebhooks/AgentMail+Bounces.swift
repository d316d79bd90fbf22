import PostmeterMail

extension AgentMail {
    /// The bounces of one webhook: one event for each class and reason among its recipients.
    ///
    /// Nearly always that is one. Where the recipients differ, the events after the first have the place
    /// behind the id (`msg_1#2`), so that each is still known when the platform repeats the webhook.
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

        var groups: [MailEvent] = []
        for recipient in items(of: recipients) {
            let found = classified(recipient["status"]?.text(limit: FieldLimit.diagnostic) ?? "")
            let place = groups.firstIndex { group in
                group.bounce?.class == found.class && group.bounce?.reason == found.reason
            }
            if let place {
                groups[place].count += 1
                recipient.appendAddresses(to: &groups[place].recipients)
            } else {
                var group = event
                group.bounce = found
                if !groups.isEmpty {
                    group.id += "#\(groups.count + 1)"
                }
                recipient.appendAddresses(to: &group.recipients)
                groups.append(group)
            }
        }
        if groups.isEmpty {
            event.bounce = classified("")
            groups.append(event)
        }
        return groups
    }

    private static func items(of recipients: JSONValue?) -> [JSONValue] {
        guard let recipients else { return [] }
        return recipients.items.map(Array.init) ?? [recipients]
    }
}

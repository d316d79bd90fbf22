import PostmeterMail

/// The bounces of one webhook that names several recipients: one event for each class and reason among them.
///
/// Nearly always that is one. Where the recipients differ, the events after the first have the place behind
/// the id (`msg_1#2`), so that each is still known when the platform repeats the webhook.
struct BounceGroups {
    private let event: MailEvent
    private var groups: [MailEvent] = []

    /// Groups that take all but their bounce and recipients from an event.
    init(like event: MailEvent) {
        self.event = event
    }

    /// Adds a recipient: a value that holds the address.
    mutating func add(_ recipient: JSONValue, _ bounce: Bounce) {
        let place = groups.firstIndex { group in
            group.bounce?.class == bounce.class && group.bounce?.reason == bounce.reason
        }
        if let place {
            groups[place].count += 1
            recipient.appendAddresses(to: &groups[place].recipients)
            return
        }
        var group = event
        group.bounce = bounce
        if !groups.isEmpty { group.id += "#\(groups.count + 1)" }
        recipient.appendAddresses(to: &group.recipients)
        groups.append(group)
    }

    /// The events; one of this bounce when there was no recipient.
    func events(orElse bounce: @autoclosure () -> Bounce) -> [MailEvent] {
        guard groups.isEmpty else { return groups }
        var event = event
        event.bounce = bounce()
        return [event]
    }
}

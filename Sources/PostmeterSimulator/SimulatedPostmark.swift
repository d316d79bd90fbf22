/// Bodies of Postmark's webhooks.
///
/// Each is about one recipient, and says whose mail it is in the metadata, as most records name no sender.
/// Source of the shapes: postmarkapp.com/developer/webhooks.
enum SimulatedPostmark {
    static func body(of webhook: PlannedWebhook, in world: SimulatedWorld) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { root in
            switch webhook.kind {
            // Nor of what a mail answers, in the name of the event, or that an agent gave up.
            case .received, .replied, .escalated: writeInbound(webhook, in: world, to: &root)
            case .other: writeSubscription(webhook, in: world, to: &root)
            case .opened, .clicked: writeEngagement(webhook, in: world, to: &root)
            case .bounced, .deferred, .suppressed, .refused, .complained:
                writeBounce(webhook, in: world, to: &root)
            // Postmark does not tell of mail that is scheduled or sent: neither is in its plans.
            case .delivered, .scheduled, .sent: writeDelivery(webhook, in: world, to: &root)
            }
        }
        return writer.bytes
    }

    private static let server = 23

    private static func writeHead(
        _ type: String,
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to root: inout JSONWriter
    ) {
        root.member("RecordType", type)
        root.member("ServerID", server)
        root.member("MessageStream", "outbound")
        root.member("MessageID", world.mailID(webhook.message.number))
        root.member("Metadata") { $0.member("agent", world.address(ofAgent: webhook.message.agent)) }
        root.member("Tag", webhook.message.answers == nil ? "outreach" : "conversation")
    }

    private static func writeDelivery(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to root: inout JSONWriter
    ) {
        writeHead("Delivery", webhook, in: world, to: &root)
        root.member("Recipient", world.content(of: webhook.message).addresses[0])
        root.member("DeliveredAt", time(of: webhook, in: world))
        root.member("Details", "smtp;250 2.0.0 OK")
    }

    private static func writeEngagement(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to root: inout JSONWriter
    ) {
        let isClick = webhook.kind == .clicked
        writeHead(isClick ? "Click" : "Open", webhook, in: world, to: &root)
        root.member("Recipient", world.content(of: webhook.message).addresses[0])
        root.member("ReceivedAt", time(of: webhook, in: world))
        root.member("Platform", "Desktop")
        root.member("UserAgent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
        if isClick {
            root.member("ClickLocation", "HTML")
            root.member("OriginalLink", "https://\(world.domain)/tickets/\(webhook.message.number)")
        } else {
            root.name("FirstOpen")
            root.value(true)
        }
    }

    /// The type of a bounce with its code and name, and what the receiving server said.
    private static func bounce(
        _ kind: PlannedKind
    ) -> (type: String, code: Int, name: String, details: String) {
        switch kind {
        case .bounced(let place):
            let sample = BounceSample.all[place]
            return sample.isSoft
                ? ("SoftBounce", 4_096, "Soft bounce", sample.diagnostic)
                : ("HardBounce", 1, "Hard bounce", sample.diagnostic)
        case .suppressed: return ("ManuallyDeactivated", 100_002, "Manually deactivated", "")
        case .refused: return ("Blocked", 100_006, "ISP block", "smtp;554 5.7.1 blocked by policy")
        case .complained: return ("SpamComplaint", 100_001, "Spam complaint", "abuse")
        default: return ("Transient", 2, "Message delayed", "smtp;451 4.7.1 greylisted, try again later")
        }
    }

    private static func writeBounce(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to root: inout JSONWriter
    ) {
        let content = world.content(of: webhook.message)
        let bounce = bounce(webhook.kind)
        let isHard = bounce.type == "HardBounce" || webhook.kind == .complained
        writeHead(webhook.kind == .complained ? "SpamComplaint" : "Bounce", webhook, in: world, to: &root)
        root.member("ID", bounceID(webhook.number, in: world))
        root.member("Type", bounce.type)
        root.member("TypeCode", bounce.code)
        root.member("Name", bounce.name)
        root.member("Details", bounce.details)
        root.member("Email", content.addresses[0])
        root.member("From", world.address(ofAgent: webhook.message.agent))
        root.member("BouncedAt", time(of: webhook, in: world))
        root.name("Inactive")
        root.value(isHard)
        root.member("Subject", content.subject)
    }

    /// An address that may be written to again, which is about no mail.
    private static func writeSubscription(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to root: inout JSONWriter
    ) {
        writeHead("SubscriptionChange", webhook, in: world, to: &root)
        root.member("ChangedAt", time(of: webhook, in: world))
        root.member("Recipient", world.content(of: webhook.message).addresses[0])
        root.member("Origin", "Customer")
        root.name("SuppressSending")
        root.value(false)
    }

    private static func writeInbound(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to root: inout JSONWriter
    ) {
        let content = world.content(of: webhook.message)
        let address = world.address(ofAgent: webhook.message.agent)
        root.member("From", content.addresses[0])
        root.member("MessageStream", "inbound")
        root.member("FromFull") { from in
            from.member("Email", content.addresses[0])
            from.member("MailboxHash", "")
        }
        root.member("To", world.mailbox(ofAgent: webhook.message.agent))
        root.name("ToFull")
        root.array { $0.object { $0.member("Email", address) } }
        root.member("CcFull", [String]())
        root.member("BccFull", [String]())
        root.member("OriginalRecipient", address)
        root.member("Subject", content.subject)
        root.member("MessageID", world.mailID(webhook.message.number))
        root.member("MailboxHash", "")
        root.member("TextBody", "Hello,\n\nthank you for your mail. I have one more question.\n")
        root.name("Headers")
        root.array { headers in
            func write(_ name: String, _ value: String) {
                headers.object { header in
                    header.member("Name", name)
                    header.member("Value", value)
                }
            }
            write("Message-ID", content.messageID)
            if let answers = content.answersID {
                write("In-Reply-To", answers)
                write("References", answers)
            }
        }
        root.member("Attachments", [String]())
    }

    private static func time(of webhook: PlannedWebhook, in world: SimulatedWorld) -> String {
        InstantText.sevenDigits(world.time(webhook.happenedAt))
    }

    /// Postmark's number of a bounce, which JavaScript could hold too.
    private static func bounceID(_ number: Int, in world: SimulatedWorld) -> Int {
        var generator = SeededGenerator(seed: world.seed, stream: 8, item: UInt64(number))
        return Int(generator.next() >> 12)
    }
}

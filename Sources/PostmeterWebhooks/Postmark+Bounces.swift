import PostmeterMail

extension Postmark {
    /// A type of Postmark's bounces, among which is much that did not bounce.
    private struct BounceType: Sendable {
        let name: StaticString
        let code: Int64?
        /// What it means; nil when it is about no mail that was sent.
        let kind: MailEventKind?
        let said: Bounce.Class?

        init(_ name: StaticString, _ code: Int64?, _ kind: MailEventKind?, _ said: Bounce.Class? = nil) {
            self.name = name
            self.code = code
            self.kind = kind
            self.said = said
        }
    }

    /// The codes are those of `TypeCode`, which decides when `Type` is not known.
    ///
    /// `SpamNotification` is a server's refusal of what looks like spam; only `SpamComplaint` is a person's.
    private static let bounceTypes: [BounceType] = [
        BounceType("HardBounce", 1, .bounced, .hard),
        BounceType("SoftBounce", 4_096, .bounced, .soft),
        BounceType("VirusNotification", 8_192, .bounced, .soft),
        BounceType("Unknown", 2_048, .bounced),
        BounceType("Transient", 2, .deferred, .soft),
        BounceType("DnsError", 256, .deferred, .soft),
        BounceType("OpenRelayTest", 1_024, .deferred, .soft),
        BounceType("ManuallyDeactivated", 100_002, .suppressed),
        BounceType("Blocked", 100_006, .rejected),
        BounceType("BadEmailAddress", 100_000, .rejected),
        BounceType("DMARCPolicy", 100_009, .rejected),
        BounceType("SpamNotification", 512, .rejected),
        BounceType("Unconfirmed", 100_003, .rejected),
        BounceType("SMTPApiError", 100_007, .failed),
        BounceType("TemplateRenderingFailed", 100_010, .failed),
        BounceType("SpamComplaint", 100_001, .complained),
        BounceType("AutoResponder", 64, .autoresponded),
        BounceType("AddressChange", 128, .autoresponded),
        BounceType("ChallengeVerification", 16_384, .autoresponded),
        BounceType("Unsubscribe", 16, .unsubscribed),
        BounceType("ManualSuppression", nil, .unsubscribed),
        BounceType("Subscribe", 32, nil),
        BounceType("InboundError", 100_008, nil),
    ]

    /// Reads what a bounce really is; false when it is about no mail that was sent.
    static func readBounce(_ root: JSONValue, into event: inout MailEvent) throws(DecodeFailure) -> Bool {
        let type = try bounceType(of: root)
        guard let kind = type.kind else { return false }
        event.kind = kind
        event.detail = "\(type.name)"
        let text = root["Details"]?.text(limit: FieldLimit.diagnostic) ?? ""
        switch kind {
        case .bounced, .deferred:
            event.bounce = BounceClassifier.classify(
                BounceEvidence(said: type.said, assumed: .soft, word: event.detail, text: text)
            )
        case .rejected, .failed:
            let masked = MailAddress.masking(text).line(limit: FieldLimit.sentence)
            if !masked.isEmpty { event.detail = masked }
        case .autoresponded:
            // The answer comes from whom the mail went to.
            let address = event.sender
            event.sender = event.recipients.first ?? ""
            event.recipients = address.isEmpty ? [] : [address]
        default:
            break
        }
        return true
    }

    private static func bounceType(of root: JSONValue) throws(DecodeFailure) -> BounceType {
        if let name = root["Type"]?.utf8, let type = bounceTypes.first(where: { name.equals($0.name) }) {
            return type
        }
        if let code = root["TypeCode"]?.integer, let type = bounceTypes.first(where: { $0.code == code }) {
            return type
        }
        let name = String(line: try root.requiredString("Type"), limit: FieldLimit.word)
        throw DecodeFailure(.unknownEvent, "Type \"\(name)\" is no bounce of Postmark that is known here")
    }
}

import PostmeterMail
import PostmeterModel
import PostmeterWebhooks

/// The body of one platform's webhooks, behind its signature: a line with the id of the event or the content type,
/// whichever the platform sends in a header, then the body.
enum WebhookFuzz {
    /// One target a platform.
    static let targets: [FuzzTarget] = WebhookProviders.all.map { provider in
        FuzzTarget("webhook-" + provider.provider.rawValue) { try run($0, of: provider) }
    }

    private static let limit = 64 << 10

    private static func run(_ input: [UInt8], of provider: any WebhookProvider.Type) throws {
        var input = FuzzInput(input)
        let id = input.line() ?? ""
        let body = input.rest
        let parser = JSONParser(byteLimit: limit)
        let first = decode(body, id: id, by: provider, with: parser)
        // Not even the first pass over a body may leave anything behind in the parser.
        let second = decode(body, id: id, by: provider, with: parser)
        try require(first == second, "the same body is read as \(first) and as \(second)")
        switch first {
        case .success(let events):
            try require(body.count <= limit, "a body of \(body.count) bytes is taken")
            for event in events { try check(event) }
            // An id that stands in the body may stand there twice, as duplicates do.
            try require(
                provider == SendGrid.self || MappingFuzz.isDigest(body, provider)
                    || Set(events.map(\.id)).count == events.count,
                "two events have one id: \(events.map(\.id))"
            )
        case .failure(let failure):
            for event in failure.events { try check(event) }
            try require(
                failure.detail.utf8.count <= 512, "a reason of \(failure.detail.utf8.count) bytes is given")
            try require(
                isLine(failure.detail), "a reason of more than one line: \(failure.detail.debugDescription)")
        }
    }

    private static func decode(
        _ body: [UInt8], id: String, by provider: any WebhookProvider.Type, with parser: JSONParser
    ) -> Result<[MailEvent], DecodeFailure> {
        let options = MappingFuzz.options(for: body, of: provider)
        let headers = WebhookHeaders(provider.keptHeaders(options)) { name in
            name.hasSuffix("-id") || name == "content-type" ? id : nil
        }
        // What stands behind a body must not matter: a closing bracket is what would do harm.
        let padded = body + [UInt8](repeating: 0x5d, count: JSONParser.padding)
        return padded.withUnsafeBytes { bytes in
            do throws(DecodeFailure) {
                return .success(
                    try provider.decode(
                        AcceptedWebhook(
                            headers: headers,
                            body: UnsafeRawBufferPointer(rebasing: bytes[..<body.count]),
                            acceptedAt: UnixTime(seconds: 1_700_000_000),
                            options: options
                        ),
                        with: parser
                    )
                )
            } catch {
                return .failure(error)
            }
        }
    }

    private static func check(_ event: MailEvent) throws {
        try require(event.count >= 1, "an event counts for \(event.count) recipients")
        try require(!event.id.isEmpty, "an event has no id")
        try require(event.recipients.count <= 100, "\(event.recipients.count) recipients are kept")
        for address in event.recipients {
            try require(
                address.utf8.count <= 320 && address.utf8.contains(0x40),
                "\(address.debugDescription) is kept")
        }
        try require(event.bounce == nil || event.kind == .bounced || event.kind == .deferred, "\(event)")
        let texts = [
            event.id, event.messageID, event.internetMessageID, event.inReplyTo, event.conversationID,
            event.sender, event.mailbox, event.detail, event.bounce?.diagnostic ?? "",
        ]
        for text in texts + event.recipients {
            try require(text.utf8.count <= 1_024 && isLine(text), "\(text.debugDescription) is kept")
        }
    }

    private static func isLine(_ text: String) -> Bool {
        !text.utf8.contains { $0 < 0x20 || $0 == 0x7f }
    }
}

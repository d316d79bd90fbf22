import PostmeterMail
import PostmeterModel
import PostmeterWebhooks

/// Runs `body` on bytes behind which the parser's padding can be read.
func withPadding<Result>(_ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
    -> Result
{
    let padded = bytes + [UInt8](repeating: 0x5B, count: JSONParser.padding)
    return try padded.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<bytes.count])) }
}

/// The options of an endpoint that says no more than it must.
func usualOptions(of provider: any WebhookProvider.Type) throws -> WebhookOptions {
    provider == Generic.self ? try GenericSamples.options() : WebhookOptions()
}

/// Decodes a body as the collector does, with the id `msg_1` unless other headers are given.
func decode(
    _ provider: any WebhookProvider.Type,
    _ bytes: [UInt8],
    headers: [(name: String, value: String)]? = nil,
    options: WebhookOptions? = nil,
    with parser: JSONParser = JSONParser()
) throws -> [MailEvent] {
    try withPadding(bytes) { body in
        try provider.decode(
            AcceptedWebhook(
                headers: WebhookHeaders(headers ?? [("svix-id", "msg_1")]),
                body: body,
                acceptedAt: UnixTime(seconds: 0),
                options: try options ?? usualOptions(of: provider)
            ),
            with: parser
        )
    }
}

func decode(_ provider: any WebhookProvider.Type, _ json: String) throws -> [MailEvent] {
    try decode(provider, Array(json.utf8))
}

/// The one event of a body that holds one.
func decodeOne(_ provider: any WebhookProvider.Type, _ json: String) throws -> MailEvent {
    let events = try decode(provider, json)
    guard events.count == 1 else { throw UnexpectedCount(events: events) }
    return events[0]
}

struct UnexpectedCount: Error {
    var events: [MailEvent]
}

/// The reason for which a body is refused; nil when it is not.
func refusal(_ provider: any WebhookProvider.Type, _ bytes: [UInt8]) -> DecodeFailure.Reason? {
    do {
        _ = try decode(provider, bytes)
        return nil
    } catch let failure as DecodeFailure {
        return failure.reason
    } catch {
        return nil
    }
}

func refusal(_ provider: any WebhookProvider.Type, _ json: String) -> DecodeFailure.Reason? {
    refusal(provider, Array(json.utf8))
}

import Foundation
import PostmeterMail
import PostmeterWebhooks
import Testing

/// Whatever a body holds, the decoders answer with events or with a reason.
@Suite struct HostileBodyTests {
    private static let providers: [(provider: any WebhookProvider.Type, samples: [String])] = [
        (Resend.self, Samples.resendAll), (AgentMail.self, Samples.agentmailAll),
        (Postmark.self, PostmarkSamples.all), (SendGrid.self, SendGridSamples.all.map { "[\($0)]" }),
        (Mailgun.self, MailgunSamples.all),
        (AmazonSES.self, [SESSamples.notification(SESSamples.bounce())]),
        (Generic.self, GenericSamples.all),
    ]

    /// One of each JSON type, plain and awkward.
    private static var intruders: [Any] {
        [
            NSNull(), true, false, 0, -1, 9_007_199_254_740_993, 1e308, -0.5, "", " ", "x", "\u{0}\r\n\u{7F}",
            "\u{FFFD}é😀", "<>", "<@>", "@", "a@", "@b", String(repeating: "a@b.example ", count: 500),
            [Any](),
            [[Any]()], [NSNull()], [String: Any](), ["a": 1], ["email": ["email": "a@b.example"]],
            [["name": 7, "value": 8]], ["name": "in-reply-to"],
        ]
    }

    /// The paths to each field and item of a document, the document itself included.
    private func paths(in value: Any) -> [[String]] {
        var found: [[String]] = [[]]
        if let object = value as? [String: Any] {
            for (key, inner) in object {
                found += paths(in: inner).map { [key] + $0 }
            }
        } else if let array = value as? [Any] {
            for (index, inner) in array.enumerated() {
                found += paths(in: inner).map { [String(index)] + $0 }
            }
        }
        return found
    }

    /// The document with what is at `path` replaced, or left out when `intruder` is nil.
    private func replacing(_ path: ArraySlice<String>, in value: Any, with intruder: Any?) -> Any? {
        guard let step = path.first else { return intruder }
        if var object = value as? [String: Any], let inner = object[step] {
            object[step] = replacing(path.dropFirst(), in: inner, with: intruder)
            return object
        }
        if var array = value as? [Any], let index = Int(step) {
            if let inner = replacing(path.dropFirst(), in: array[index], with: intruder) {
                array[index] = inner
            } else {
                array.remove(at: index)
            }
            return array
        }
        return value
    }

    private func check(_ provider: any WebhookProvider.Type, _ bytes: [UInt8], _ parser: JSONParser) {
        var events: [MailEvent] = []
        do {
            events = try decode(provider, bytes, with: parser)
        } catch {
            events = (error as? DecodeFailure)?.events ?? []
        }
        for event in events {
            #expect(event.count >= 1)
            #expect(event.recipients.count <= 100)
            #expect(event.recipients.allSatisfy { $0.utf8.count <= 320 && $0.contains("@") })
            if provider == Postmark.self || provider == SendGrid.self || provider == AmazonSES.self
                || provider == Generic.self
            {
                #expect(!event.id.isEmpty && event.id.utf8.count <= 300)
            } else if provider == Mailgun.self {
                #expect(!event.id.isEmpty && event.id.utf8.count <= 256)
            } else {
                #expect(event.id == "msg_1" || event.id.hasPrefix("msg_1#"))
            }
            #expect((event.bounce == nil) || event.kind == .bounced || event.kind == .deferred)
            let texts = [
                event.messageID, event.internetMessageID, event.inReplyTo, event.conversationID, event.sender,
                event.mailbox, event.detail, event.bounce?.diagnostic ?? "",
            ]
            #expect(
                texts.allSatisfy { $0.utf8.count <= 998 && !$0.utf8.contains { $0 < 0x20 || $0 == 0x7F } }
            )
        }
    }

    @Test func `each field left out or of another type gives events or a reason`() throws {
        let parser = JSONParser()
        var bodies = 0
        for (provider, samples) in Self.providers {
            for sample in samples {
                let document = try JSONSerialization.jsonObject(with: Data(sample.utf8))
                for path in paths(in: document) {
                    for intruder in [nil] + Self.intruders.map(Optional.some) {
                        guard let changed = replacing(path[...], in: document, with: intruder) else {
                            continue
                        }
                        let bytes = try JSONSerialization.data(
                            withJSONObject: changed,
                            options: [.fragmentsAllowed]
                        )
                        check(provider, Array(bytes), parser)
                        bodies += 1
                    }
                }
            }
        }
        #expect(bodies > 5_000)
    }

    @Test func `a document in an envelope is read like any body`() throws {
        let parser = JSONParser()
        for sample in SESSamples.all {
            let document = try JSONSerialization.jsonObject(with: Data(sample.utf8))
            for path in paths(in: document) {
                for intruder in [nil] + Self.intruders.map(Optional.some) {
                    guard let changed = replacing(path[...], in: document, with: intruder) else { continue }
                    let bytes = try JSONSerialization.data(
                        withJSONObject: changed,
                        options: [.fragmentsAllowed]
                    )
                    let text = String(decoding: bytes, as: UTF8.self)
                    check(AmazonSES.self, Array(SESSamples.notification(text).utf8), parser)
                }
            }
        }
        let bounce = SESSamples.bounce()
        for end in bounce.indices {
            let cut = SESSamples.notification(String(bounce[..<end]))
            #expect(refusal(AmazonSES.self, cut) == .malformedJSON)
        }
    }

    @Test func `a body cut short anywhere is malformed`() {
        for (provider, samples) in Self.providers {
            for sample in samples {
                let bytes = Array(sample.utf8)
                for length in 0..<bytes.count {
                    #expect(refusal(provider, Array(bytes[..<length])) == .malformedJSON)
                }
            }
        }
    }

    @Test func `a body with any byte changed gives events or a reason`() {
        let parser = JSONParser()
        for (provider, samples) in Self.providers {
            for sample in samples {
                let bytes = Array(sample.utf8)
                for index in bytes.indices {
                    for byte in [0x00, 0x22, 0x5C, 0x7D, 0xFF] as [UInt8] {
                        var changed = bytes
                        changed[index] = byte
                        check(provider, changed, parser)
                    }
                }
            }
        }
    }

    private static let wrecks: [[UInt8]] = [
        [], Array(" \n\t ".utf8), Array("null".utf8), Array("{".utf8), Array("{}x".utf8),
        [0xEF, 0xBB, 0xBF, 0x7B, 0x7D],
        Array(#"{"type":"email.sent","created_at":NaN}"#.utf8),
        Array(#"{"type":"email.sent","n":1e999999}"#.utf8),
        Array(#"{"type":"email.sent","n":123456789012345678901234567890}"#.utf8),
        Array(#"{"type":"\ud800"}"#.utf8), Array(#"{"type":"email.sent"#.utf8) + [0xC3, 0x28, 0x22, 0x7D],
        Array(String(repeating: "[", count: 100_000).utf8),
        Array((String(repeating: "{\"a\":", count: 100_000)).utf8),
        Array((String(repeating: "[", count: 1_000) + String(repeating: "]", count: 1_000)).utf8),
    ]

    @Test(arguments: wrecks) func `what is no JSON is refused`(bytes: [UInt8]) {
        for (provider, _) in Self.providers {
            let reason = refusal(provider, bytes)
            #expect(reason == .malformedJSON || (bytes == Array("null".utf8) && reason == .wrongType))
        }
    }

    @Test func `the same body decodes alike after any wreck`() throws {
        let parser = JSONParser()
        let sample = Array(Samples.resendReceived.utf8)
        let expected = try decode(Resend.self, sample, with: parser)
        for wreck in Self.wrecks {
            _ = try? decode(Resend.self, wreck, with: parser)
            #expect(try decode(Resend.self, sample, with: parser) == expected)
        }
    }

    @Test func `a list of recipients is kept up to a limit and counted whole`() throws {
        let many = (0..<5_000).map { "\"r\($0)@x.example\"" }.joined(separator: ",")
        let event = try decodeOne(
            AgentMail.self,
            Samples.agentmail("message.sent", "send", ",\"recipients\":[\(many)]")
        )
        #expect(event.recipients.count == 100)
        #expect(event.count == 5_000)
    }
}

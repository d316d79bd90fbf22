import CPrimitives
import Crypto
import PostmeterModel

/// Derives the ids of a message's trace from what the message is called.
///
/// A message's canonical id is `<provider>/<account>/<message id>`, the message id without angle brackets
/// around it. The HMAC-SHA256 of these bytes under the trace key gives the ids: bytes 0 to 15 are the trace
/// id, 16 to 23 the root span's, 24 to 31 the deliver span's. Whoever has the key, on any node and days
/// later, gets the same ones. The id of an event's span is the SipHash-2-4 of the event's id, keyed with the
/// root span's id and the kind's place in ``MailEventKind``, so an event that is told again is the same span.
/// The uid of its log record is a UUID of version 8: the bits of the span's id, then those of the SipHash-2-4 of
/// the event's id, keyed with the deliver span's id and the event's span's id, in the place of which stand version
/// and variant. No id is ever all zero: it is 1 then.
struct MessageTrace: Sendable {
    private let code: KeyedCode

    init(key: [UInt8]) {
        code = KeyedCode(key: key)
    }

    /// The ids of a message; `samples` decides by the trace id whether it is recorded.
    func context(
        provider: String, account: String, messageID: String, samples: (TraceID) -> Bool
    ) -> MessageContext {
        let words = code.words(of: provider, account, Self.bare(messageID))
        let isNil = words.0 | words.1 == 0
        let traceID = TraceID(high: words.0, low: isNil ? 1 : words.1)
        return MessageContext(
            traceID: traceID, rootID: SpanID(max(1, words.2)), deliverID: SpanID(max(1, words.3)),
            flags: samples(traceID) ? 3 : 2)
    }

    /// The id of the span of an event.
    static func spanID(of eventID: String, kind: MailEventKind, root: SpanID) -> SpanID {
        var text = eventID
        let hash = text.withUTF8 { bytes in
            pm_siphash24(root.value, UInt64(kind.index), bytes.baseAddress, bytes.count)
        }
        return SpanID(max(1, hash))
    }

    /// The `log.record.uid` of the log record of an event, whose span has the id `span`.
    ///
    /// Source: RFC 9562, section 5.8; OpenTelemetry semantic conventions, "General logs attributes".
    static func recordUID(of eventID: String, span: SpanID, in message: MessageContext) -> String {
        var text = eventID
        let low = text.withUTF8 { bytes in
            pm_siphash24(message.deliverID.value, span.value, bytes.baseAddress, bytes.count)
        }
        let version = span.value & ~0xf000 | 0x8000
        let variant = low & ~(3 << 62) | 1 << 63
        return uuid(version, variant)
    }

    /// Two words as `8-4-4-4-12` hexadecimal digits.
    private static func uuid(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var place = 0
            for digit in 0..<32 {
                if digit & 3 == 0, (8...20).contains(digit) {
                    buffer[place] = UInt8(ascii: "-")
                    place += 1
                }
                let word = digit < 16 ? high : low
                let value = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (digit & 15)) & 15)
                buffer[place] = value < 10 ? value + UInt8(ascii: "0") : value - 10 + UInt8(ascii: "a")
                place += 1
            }
            return place
        }
    }

    /// A Message-ID without the angle brackets around it.
    private static func bare(_ messageID: String) -> Substring {
        guard messageID.utf8.first == UInt8(ascii: "<"), messageID.utf8.last == UInt8(ascii: ">"),
            messageID.utf8.count >= 2
        else { return messageID[...] }
        return messageID.dropFirst().dropLast()
    }
}

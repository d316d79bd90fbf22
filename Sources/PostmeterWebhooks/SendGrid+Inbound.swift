import Crypto
import PostmeterMail

/// Inbound Parse: one mail a form, taken apart into fields or raw in the field `email`.
///
/// It has neither an id nor a time. Its time is that of acceptance, and its id a digest of what a retry repeats;
/// the raw body is not, since another try may draw another boundary.
extension SendGrid {
    /// The bytes of the field `envelope`.
    private static let envelopeLimit = 64 << 10
    /// The bytes of a mail's header that are read.
    private static let headerLimit = 256 << 10
    /// The bytes of the field `from` that are read.
    private static let fromLimit = 2 << 10

    static func inbound(
        _ webhook: borrowing AcceptedWebhook,
        with parser: JSONParser
    ) throws(DecodeFailure) -> MailEvent {
        let form = try FormBody.read(
            contentType: webhook.headers[contentType] ?? "",
            body: webhook.body
        )
        var event = MailEvent(kind: .received, provider: provider, id: "", time: webhook.acceptedAt)
        var identity = Identity()
        try readEnvelope(of: form, with: parser, into: &event, identity: &identity)
        if let sender = form.text("from", limit: fromLimit).map(MailAddress.bare), !sender.isEmpty {
            event.sender = sender
        }
        if form["email"] != nil {
            _ = try form.withBytes("email", limit: .max) { mail in
                let length = readHeader(mail, into: &event, identity: &identity)
                identity.add(UnsafeRawBufferPointer(rebasing: mail[length...]))
            }
        } else {
            _ = try form.withBytes("headers", limit: .max) { header in
                _ = readHeader(header, into: &event, identity: &identity)
            }
            for content in ["text", "html"] {
                let isThere: Void? = try form.withBytes(content, limit: .max) { identity.add($0) }
                if isThere == nil { identity.addNothing() }
            }
        }
        event.id = identity.id
        return event
    }

    /// Reads from whom and to whom the mail was carried: where it went, whatever its header says.
    private static func readEnvelope(
        of form: FormBody,
        with parser: JSONParser,
        into event: inout MailEvent,
        identity: inout Identity
    ) throws(DecodeFailure) {
        let isThere: Void? = try form.withBytes("envelope", limit: envelopeLimit) {
            bytes throws(DecodeFailure) in
            let envelope = try parser.parseObject(bytes)
            try envelope.required("to", in: "envelope").appendAddresses(to: &event.recipients)
            event.sender = envelope["from"]?.address ?? ""
        }
        guard isThere != nil else {
            throw DecodeFailure(
                .missingField, "the form has no field envelope, which says whom the mail is for")
        }
        guard !event.recipients.isEmpty else {
            throw DecodeFailure(.missingField, "envelope.to names no address")
        }
        if event.recipients.count == 1 { event.mailbox = event.recipients[0] }
        identity.add(event.sender)
        for recipient in event.recipients.sorted() { identity.add(recipient) }
    }

    /// Reads a mail's header and returns its length.
    ///
    /// A mail is known by its Message-ID; one without by its whole header, which has a time in it.
    private static func readHeader(
        _ mail: UnsafeRawBufferPointer,
        into event: inout MailEvent,
        identity: inout Identity
    ) -> Int {
        let text = UnsafeRawBufferPointer(rebasing: mail.prefix(headerLimit))
        var length = 0
        while let field = ThreadHeaders.field(in: text, from: length) { length = field.upperBound }
        let headers = ThreadHeaders(header: text)
        event.internetMessageID = headers.messageID.map(MessageIdentifier.first) ?? ""
        event.inReplyTo = headers.answered
        event.isAutomatic = headers.isAutomatic
        event.conversationID = headers.references.map(MessageIdentifier.first) ?? ""
        if event.internetMessageID.isEmpty {
            identity.add(UnsafeRawBufferPointer(rebasing: text[..<length]))
        } else {
            identity.add(event.internetMessageID)
        }
        return length
    }

    /// A digest of parts, each behind its length, so that none can pass for another.
    private struct Identity {
        private var digest = SHA256()

        mutating func add(_ part: UnsafeRawBufferPointer) {
            var count = UInt64(part.count).littleEndian
            withUnsafeBytes(of: &count) { digest.update(bufferPointer: $0) }
            digest.update(bufferPointer: part)
        }

        mutating func add(_ part: String) {
            var part = part
            part.withUTF8 { add(UnsafeRawBufferPointer($0)) }
        }

        /// Stands for a part that is not there, which is another thing than an empty one.
        mutating func addNothing() {
            digest.update(data: [UInt8](repeating: 0xFF, count: 8))
        }

        /// The id of an event: it shows nothing of what it is made of.
        var id: String {
            let digits = Array("0123456789abcdef".utf8)
            var id = Array("inbound-".utf8)
            for byte in digest.finalize().prefix(16) {
                id.append(digits[Int(byte >> 4)])
                id.append(digits[Int(byte & 15)])
            }
            return String(decoding: id, as: UTF8.self)
        }
    }
}

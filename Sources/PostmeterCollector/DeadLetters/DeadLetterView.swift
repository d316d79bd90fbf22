internal import FoundationEssentials
internal import PostmeterFleet
internal import PostmeterMail

/// A dead letter as it is shown: as JSON to programs and as text to people, its addresses masked.
struct DeadLetterView: Encodable {
    private var sequence: UInt64
    private var acceptedAt: String
    private var endpoint: String
    private var provider: String
    private var account: String?
    private var reason: String
    private var detail: String
    private var bytes: Int
    private var tries: Int
    private var triedAt: String
    private var privacy: String?
    private var headers: [Header]?
    private var body: String?
    private var bodyEncoding: String?
    private var bodyBytes: Int?
    private var isTruncated: Bool?

    private enum CodingKeys: String, CodingKey {
        case sequence, endpoint, provider, account, reason, detail, bytes, tries, privacy, headers, body
        case acceptedAt = "accepted_at"
        case triedAt = "tried_at"
        case bodyEncoding = "body_encoding"
        case bodyBytes = "body_bytes"
        case isTruncated = "body_truncated"
    }

    private struct Header: Encodable {
        var name: String
        var value: String
    }

    /// Bytes of a body that are shown.
    static let bodyLimit = 1 << 20

    /// What a list says of a letter.
    ///
    /// A fingerprint needs an account, which a list does not know: there `hmac` shows nothing of an address.
    init(_ summary: DeadLetterSummary, mask: AddressMask) {
        let mask = AddressMask(privacy: mask.privacy, traceKey: nil)
        self.init(summary, detail: mask.masking(summary.detail, account: ""))
    }

    private init(_ summary: DeadLetterSummary, detail: String) {
        sequence = summary.sequence
        acceptedAt = JournalText.time(summary.acceptedAt)
        endpoint = summary.endpoint
        provider = summary.provider
        reason = summary.reason
        self.detail = detail
        bytes = summary.bytes
        tries = summary.tries
        triedAt = JournalText.time(summary.triedAt)
    }

    /// All of a letter.
    init(_ letter: DeadLetter, mask: AddressMask) {
        let content = DeadLetterContent(letter)
        self.init(letter.summary, detail: mask.masking(letter.detail, account: content.account))
        account = content.route?.account.description
        privacy = mask.privacy.rawValue
        headers = content.headers.map { header in
            let isSecret = Self.secretWords.contains { header.name.lowercased().contains($0) }
            return Header(
                name: header.name,
                value: isSecret ? "[hidden]" : mask.masking(header.value, account: content.account))
        }
        bodyBytes = content.body.count
        isTruncated = content.body.count > Self.bodyLimit
        // Cut behind the masking, so that no half of an address is left.
        var shown = mask.masking(
            Array(content.body.prefix(Self.bodyLimit + 1_024)), account: content.account)
        if shown.count > Self.bodyLimit { shown = Self.cut(shown) }
        if let text = String(validating: shown, as: UTF8.self) {
            body = text
            bodyEncoding = "utf-8"
        } else {
            body = Data(shown).base64EncodedString()
            bodyEncoding = "base64"
        }
    }

    /// What the names of headers hold whose values nobody is to see.
    private static let secretWords = ["authorization", "cookie", "secret", "signature", "token", "password"]

    /// As many bytes as are shown, without half a character at their end.
    private static func cut(_ bytes: [UInt8]) -> [UInt8] {
        var end = bodyLimit
        while end > bodyLimit - 4, bytes[end] & 0xc0 == 0x80 { end -= 1 }
        return Array(bytes[..<end])
    }

    /// One JSON object, on one line.
    var json: String { Self.json(self) }

    /// A value as one line of JSON.
    static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and numbers can always be written.
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// Number, time, where it came in, and why it is dead, on one line.
    var line: String {
        let what = "\(sequence)  \(acceptedAt)  \(endpoint) \(provider)  \(reason)"
        return JournalText.shown("\(what)  \(bytes) bytes  tries \(tries)  \(detail)".onOneLine)
    }

    /// The letter with its headers and its body.
    var text: String {
        var lines = [line, "route: \(endpoint) \(provider) \(account ?? "unknown")"]
        lines += ["last tried: \(triedAt)", "addresses: \(privacy ?? "hmac")"]
        lines += (headers ?? []).map { "\($0.name): \($0.value)".onOneLine }
        lines.append("")
        if bodyEncoding == "utf-8" {
            lines.append(body ?? "")
        } else {
            lines.append("\(bodyBytes ?? 0) bytes that are no UTF-8; --body writes them as they are")
        }
        if isTruncated == true { lines.append("[cut: the body has \(bodyBytes ?? 0) bytes]") }
        return JournalText.shown(lines.joined(separator: "\n"))
    }
}

extension String {
    fileprivate var onOneLine: String {
        String(map { $0.isNewline ? " " : $0 })
    }
}

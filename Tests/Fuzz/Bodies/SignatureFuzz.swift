import Crypto
import PostmeterModel
import PostmeterWebhooks

/// The headers of a signed webhook.
///
/// The first byte says which families of headers there are and whether a true signature is put in; then come
/// the id, the timestamp and the list of signatures, one a line, in which `%` stands for the true signature; the
/// rest is the body.
enum SignatureFuzz {
    static let target = FuzzTarget("signatures", run)

    private static let now: UInt64 = 1_700_000_000
    private static let key = Array("a secret of twenty-six byte".utf8)
    private static let secret = "whsec_YSBzZWNyZXQgb2YgdHdlbnR5LXNpeCBieXRl"

    @Sendable private static func run(_ input: [UInt8]) throws {
        var input = FuzzInput(input)
        let shape = input.byte()
        let id = input.line() ?? ""
        let timestamp = input.line() ?? ""
        let list = input.line() ?? ""
        let body = input.rest
        var authenticator = HMAC<SHA256>(key: SymmetricKey(data: key))
        authenticator.update(data: Array((id + "." + timestamp + ".").utf8))
        authenticator.update(data: body)
        let code = Base64Text.encode(Array(authenticator.finalize()))
        let signatures =
            shape & 1 == 0
            ? list
            : list.split(separator: "%", omittingEmptySubsequences: false)
                .joined(separator: code)
        var fields: [(name: String, value: String)] = []
        let family = shape & 2 == 0 ? "svix-" : "Webhook-"
        if shape & 4 == 0 { fields.append((family + "id", id)) }
        if shape & 8 == 0 { fields.append((family + "timestamp", timestamp)) }
        if shape & 16 == 0 { fields.append((family + "Signature", signatures)) }
        if shape & 32 != 0 { fields.append(("x-" + family + "signature", "v1," + code)) }

        let webhooks = try StandardWebhooks(secrets: ["MDEyMzQ1Njc4OWFiY2RlZg==", secret])
        let verdict = body.withUnsafeBytes {
            webhooks.verify(
                WebhookHeaders(fields), body: $0,
                now: UnixTime(nanoseconds: now * 1_000_000_000 + 999_999_999))
        }
        let isSigned =
            shape & 28 == 0 && !id.isEmpty && isLately(timestamp) && holds(code, in: signatures)
        try require(
            (verdict == .valid) == isSigned,
            "\(fields) with \(code) is \(verdict)"
        )
    }

    private static func isLately(_ timestamp: String) -> Bool {
        let digits = timestamp.utf8
        guard (1...11).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = UInt64(timestamp)
        else { return false }
        return (now - 300...now + 300).contains(seconds)
    }

    /// Whether one of the first eight entries that could be codes is the code: what only looks like one takes no
    /// place in the list.
    private static func holds(_ code: String, in list: String) -> Bool {
        let entries = list.utf8.split(separator: 0x20).map(Array.init)
        let candidates = entries.filter { entry in
            guard entry.starts(with: Array("v1,".utf8)) else { return false }
            let text = entry.dropFirst(3)
            let digits = text.count == 44 && text.last == 0x3d ? text.dropLast() : text
            return digits.count == 43 && digits.allSatisfy { Base64Text.digits.contains($0) }
        }
        // The two lowest bits of the last digit of a code are not part of it.
        return candidates.prefix(8).contains { entry in
            let text = Array(entry.dropFirst(3).prefix(43))
            guard let last = text.last.flatMap(Base64Text.digits.firstIndex(of:)) else { return false }
            return text.dropLast() + [Base64Text.digits[last & ~3]] == Array(code.utf8.prefix(43))
        }
    }
}

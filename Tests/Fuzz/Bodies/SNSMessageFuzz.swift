import PostmeterModel
import PostmeterWebhooks
import Synchronization

/// The body of a message of Amazon SNS, before anything proves whose it is.
///
/// A line is the URL that takes the place of `%` in the rest, which is the body. There is no certificate, so
/// nothing may be taken; and nothing may be fetched but from the hosts that are allowed.
enum SNSMessageFuzz {
    static let target = FuzzTarget("sns-messages", run)

    private static let topic = "arn:aws:sns:us-west-2:123456789012:mail"

    @Sendable private static func run(_ input: [UInt8]) throws {
        var input = FuzzInput(input)
        let url = input.line() ?? ""
        let body = Array(
            input.text.split(separator: "%", omittingEmptySubsequences: false).joined(separator: url).utf8)
        let asked = Mutex<[String]>([])
        var options = WebhookOptions()
        options.topics = [topic]
        options.trustedHosts = ["127.0.0.1:4566"]
        let endpoint = try AmazonSES(
            WebhookSetup(secrets: [], options: options) { url in
                asked.withLock { $0.append(url) }
                return nil
            })
        let verdict = body.withUnsafeBytes {
            endpoint.verify(WebhookHeaders(), body: $0, now: UnixTime(seconds: 1_769_851_860))
        }
        switch verdict {
        case .valid, .confirmation:
            throw FuzzFailure(description: "it is taken without a certificate: \(verdict)")
        case .needsCertificate(let url): try check(url)
        case .invalid(let failure):
            try require(!failure.sentence.isEmpty && !failure.word.isEmpty, "\(failure)")
        }
        for url in asked.withLock({ $0 }) { try check(url) }
    }

    /// Holds a URL against another reading of which are allowed: by what stands in front of its path.
    private static func check(_ url: String) throws {
        let isEncrypted = url.hasPrefix("https://")
        try require(isEncrypted || url.hasPrefix("http://"), "\(url) would be fetched")
        let rest = url.dropFirst(isEncrypted ? 8 : 7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let parts = authority.lowercased().split(separator: ":", omittingEmptySubsequences: false)
        let port = parts.count == 1 ? (isEncrypted ? 443 : 80) : Int(parts[1])
        try require(parts.count <= 2, "\(url) would be fetched")
        if parts[0] == "127.0.0.1", port == 4_566 { return }
        let names = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let zone = names.dropFirst(2).joined(separator: ".")
        try require(
            isEncrypted && port == 443 && names[0] == "sns" && names[1].contains("-")
                && !names[1].hasPrefix("s3") && (zone == "amazonaws.com" || zone == "amazonaws.com.cn"),
            "\(url) would be fetched")
        let path = rest[authority.endIndex...].dropFirst()
        try require(
            path.hasPrefix("SimpleNotificationService-") && path.hasSuffix(".pem") && !path.contains("/"),
            "\(url) would be fetched")
    }
}

import Crypto
import PostmeterModel
import PostmeterWebhooks
import Synchronization
import Testing
import X509

@Suite struct AmazonSESVerificationTests {
    private static let topic = SNSKnownAnswer.topic
    /// 2026-01-31T09:31:00Z, within a minute of when the messages were published.
    private static let now = UnixTime(seconds: 1_769_851_860)

    /// An endpoint that has been given a certificate for any URL.
    private func endpoint(
        topics: [String] = [topic],
        trusted: [String]? = nil,
        certificate: [UInt8]? = Array(SNSKnownAnswer.certificate.utf8)
    ) throws -> AmazonSES {
        var options = WebhookOptions()
        options.topics = topics
        options.trustedHosts = trusted
        return try AmazonSES(WebhookSetup(secrets: [], options: options, certificate: { _ in certificate }))
    }

    private func verify(
        _ endpoint: AmazonSES,
        _ body: [UInt8],
        now: UnixTime = now,
        headers: [(name: String, value: String)] = []
    ) -> Verification {
        body.withUnsafeBytes { endpoint.verify(WebhookHeaders(headers), body: $0, now: now) }
    }

    private func verify(_ endpoint: AmazonSES, _ body: String, now: UnixTime = now) -> Verification {
        verify(endpoint, Array(body.utf8), now: now)
    }

    @Test(arguments: [("1", SNSKnownAnswer.notificationSHA1), ("2", SNSKnownAnswer.notificationSHA256)])
    func `a signature of either version that OpenSSL made is valid`(version: String, signature: String) throws
    {
        let endpoint = try endpoint()
        let body = SNSKnownAnswer.notification(version: version, signature: signature)
        #expect(verify(endpoint, body) == .valid)
        // The key is kept, and does as well the second time.
        #expect(verify(endpoint, body) == .valid)
        let other = SNSKnownAnswer.notification(version: version == "1" ? "2" : "1", signature: signature)
        #expect(verify(endpoint, other) == .invalid(.badSignature))
    }

    @Test(
        arguments: [
            ("\"22b80b92", "\"22b80b93"), ("café", "cafe"), ("SES Email", "SES email"),
            ("05.250Z", "05.251Z"), ("\"Subject\":\"Amazon SES Email Event Notification\",", ""),
        ]
    )
    func `a changed field is no match`(part: String, change: String) throws {
        let body = SNSKnownAnswer.notification(version: "1", signature: SNSKnownAnswer.notificationSHA1)
            .replacing("caf\\u00e9", with: "café")
        let endpoint = try endpoint()
        #expect(verify(endpoint, body) == .valid)
        let changed = body.replacing(part, with: change)
        #expect(changed != body)
        #expect(verify(endpoint, changed) == .invalid(.badSignature))
    }

    @Test func `a signature of another key is no match`() throws {
        let endpoint = try endpoint()
        #expect(verify(endpoint, try SNSTestKey().message()) == .invalid(.badSignature))
        let other = SNSKnownAnswer.notification(version: "2", signature: "AAAA")
        #expect(verify(endpoint, other) == .invalid(.badSignature))
    }

    @Test func `a subscription is confirmed at the URL that was signed`() throws {
        let endpoint = try endpoint()
        #expect(
            verify(endpoint, SNSKnownAnswer.subscription()) == .confirmation(url: SNSKnownAnswer.subscribeURL)
        )
        let other = SNSKnownAnswer.subscribeURL.replacing("us-west-2.amaz", with: "us-west-1.amaz")
        #expect(verify(endpoint, SNSKnownAnswer.subscription(url: other)) == .invalid(.badSignature))
    }

    @Test func `a subscription is not confirmed at a host of somebody else, however it is signed`() throws {
        let key = try SNSTestKey()
        let endpoint = try endpoint(certificate: key.certificate)
        for url in ["https://evil.example/?Action=ConfirmSubscription", "http://169.254.169.254/latest", "x"]
        {
            let body = try key.message([
                "Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": url,
            ])
            #expect(verify(endpoint, body) == .invalid(.untrustedURL("SubscribeURL")))
        }
    }

    @Test func `the end of a subscription is valid and asks for nothing`() throws {
        let key = try SNSTestKey()
        let body = try key.message([
            "Type": "UnsubscribeConfirmation", "Token": "t", "SubscribeURL": SNSKnownAnswer.subscribeURL,
        ])
        #expect(verify(try endpoint(certificate: key.certificate), body) == .valid)
    }

    @Test func `a topic that is not listed is refused before any certificate is asked for`() throws {
        let asked = Atomic(0)
        var options = WebhookOptions()
        options.topics = [Self.topic + "-other", "arn:aws:sns:us-west-2:999999999999:mail"]
        let endpoint = try AmazonSES(
            WebhookSetup(secrets: [], options: options) { _ in
                asked.add(1, ordering: .relaxed)
                return nil
            }
        )
        let body = SNSKnownAnswer.notification(version: "1", signature: SNSKnownAnswer.notificationSHA1)
        #expect(verify(endpoint, body) == .invalid(.unknownTopic))
        #expect(asked.load(ordering: .relaxed) == 0)
    }

    @Test func `a certificate that is not there yet is asked for, on Amazon's hosts alone`() throws {
        let endpoint = try endpoint(certificate: nil)
        let body = SNSKnownAnswer.notification(version: "1", signature: SNSKnownAnswer.notificationSHA1)
        #expect(verify(endpoint, body) == .needsCertificate(url: SNSKnownAnswer.url))
        for url in ["https://evil.example/SimpleNotificationService-0.pem", "http://127.0.0.1:1/a.pem", "?"] {
            let changed = body.replacing(SNSKnownAnswer.url, with: url)
            #expect(verify(endpoint, changed) == .invalid(.untrustedURL("SigningCertURL")))
        }
    }

    @Test func `a host of the endpoint's own is trusted with both URLs`() throws {
        let key = try SNSTestKey()
        let endpoint = try endpoint(trusted: ["127.0.0.1:4566"], certificate: key.certificate)
        let url = "http://127.0.0.1:4566/a.pem"
        #expect(verify(endpoint, try key.message(url: url)) == .valid)
        let confirm = "http://127.0.0.1:4566/?Action=ConfirmSubscription"
        let body = try key.message(
            ["Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": confirm],
            url: url
        )
        #expect(verify(endpoint, body) == .confirmation(url: confirm))
    }

    @Test func `a certificate that cannot be read is asked for again`() throws {
        let body = try SNSTestKey().message()
        let curve = P256.Signing.PrivateKey()
        let wrong = try SNSTestKey.certificate(
            of: Certificate.PublicKey(curve.publicKey),
            signedBy: Certificate.PrivateKey(curve)
        )
        let encipherment = try SNSTestKey(usage: KeyUsage(keyEncipherment: true)).certificate
        for certificate in [[], Array("<html>".utf8), wrong, encipherment] {
            let endpoint = try endpoint(certificate: certificate)
            #expect(verify(endpoint, body) == .needsCertificate(url: SNSKnownAnswer.url))
        }
    }

    @Test func `a certificate signs within its dates`() throws {
        for (valid, problem) in [
            (1_769_851_861.0..<1_800_000_000.0, "it is not valid yet"),
            (1_700_000_000.0..<1_769_851_859.0, "it has expired"),
        ] {
            let key = try SNSTestKey(valid: valid)
            let endpoint = try endpoint(certificate: key.certificate)
            #expect(verify(endpoint, try key.message()) == .invalid(.badCertificate(problem)))
        }
    }

    @Test func `a message is taken for two hours after its publication, and five minutes before`() throws {
        let published: UInt64 = 1_769_851_805
        let body = SNSKnownAnswer.notification(version: "1", signature: SNSKnownAnswer.notificationSHA1)
        let endpoint = try endpoint()
        func verdict(_ seconds: UInt64) -> Verification {
            verify(endpoint, body, now: UnixTime(seconds: seconds))
        }
        #expect(verdict(published - 300) == .valid)
        #expect(verdict(published - 301) == .invalid(.future))
        #expect(verdict(published + 7_200) == .valid)
        #expect(verdict(published + 7_201) == .invalid(.outdated(minutes: 120)))
        #expect(VerificationFailure.outdated(minutes: 120).isOfTime)
    }

    @Test func `a document without its envelope is told what is wrong`() throws {
        let endpoint = try endpoint()
        for body in [SESSamples.send, SESSamples.deliveryNotification] {
            #expect(verify(endpoint, body) == .invalid(.rawDelivery))
        }
        let flagged = verify(endpoint, [], headers: [("x-amz-sns-rawdelivery", "true")])
        #expect(flagged == .invalid(.rawDelivery))
        #expect(VerificationFailure.rawDelivery.sentence.contains("turn raw message delivery off"))
    }

    @Test(
        arguments: [
            ("", "the JSON object"), ("x", "the JSON object"), ("[]", "the JSON object"), ("{}", "TopicArn"),
            ("{\"TopicArn\":7}", "TopicArn"), ("{\"TopicArn\":\"\(topic)\"}", "Type"),
            ("{\"TopicArn\":\"\(topic)\",\"Type\":\"Other\"}", "Type"),
            ("{\"TopicArn\":\"\(topic)\",\"Type\":\"SubscriptionConfirmation\"}", "SubscribeURL"),
            ("{\"TopicArn\":\"\(topic)\",\"Type\":\"Notification\",\"Timestamp\":\"now\"}", "Timestamp"),
        ]
    )
    func `what is no message of SNS is refused by the field`(body: String, field: String) throws {
        #expect(verify(try endpoint(), body) == .invalid(.malformed(field)))
    }

    @Test(
        arguments: [
            ("\"SignatureVersion\":\"1\"", "\"SignatureVersion\":\"3\"", "SignatureVersion"),
            ("\"SignatureVersion\"", "\"V\"", "SignatureVersion"),
            ("\"Signature\":\"", "\"Signature\":\"*", "Signature"),
            ("\"Signature\":\"", "\"S\":\"", "Signature"), ("\"SigningCertURL\"", "\"U\"", "SigningCertURL"),
            ("\"MessageId\"", "\"I\"", "MessageId"), ("\"Message\"", "\"M\"", "Message"),
            ("\"Subject\":\"Amazon SES Email Event Notification\"", "\"Subject\":7", "Subject"),
        ]
    )
    func `each field of a message is needed`(part: String, change: String, field: String) throws {
        let body = SNSKnownAnswer.notification(version: "1", signature: SNSKnownAnswer.notificationSHA1)
        #expect(verify(try endpoint(), body.replacing(part, with: change)) == .invalid(.malformed(field)))
    }

    @Test func `SNS is refused with 403, and asked to come again where the time is in doubt`() throws {
        let endpoint = try endpoint()
        func status(_ failure: VerificationFailure) -> Int {
            endpoint.status(refusing: failure, WebhookHeaders())
        }
        for failure in [
            VerificationFailure.unknownTopic, .badSignature, .rawDelivery, .malformed("Type"),
            .untrustedURL("SigningCertURL"),
        ] {
            #expect(status(failure) == 403)
        }
        for failure in [
            VerificationFailure.future, .outdated(minutes: 120), .badCertificate("it has expired"),
        ] {
            #expect(status(failure) == 503)
        }
        #expect(!endpoint.isTimed)
    }

    @Test(
        arguments: [
            (nil, nil, "is missing"), ([], nil, "is missing"), (["mail"], nil, "item 1 is no ARN"),
            ([topic, "arn:aws:sqs:us-west-2:123456789012:mail"], nil, "item 2 is no ARN"),
            (["arn:aws:sns:us-west-2:123456789012:"], nil, "item 1 is no ARN"),
            (["arn:aws:sns:us-west-2:123456789012:mail "], nil, "item 1 is no ARN"),
            (Array(repeating: topic, count: 65), nil, "has 65 topics"),
            ([topic], ["https://a.example"], "item 1 is no host"),
            ([topic], ["a.example:0"], "item 1 is no host"),
            ([topic], Array(repeating: "a.example", count: 17), "has 17 hosts"),
        ] as [([String]?, [String]?, String)]
    )
    func `topics and hosts that cannot be used are refused by their key`(
        topics: [String]?,
        trusted: [String]?,
        problem: String
    ) throws {
        var options = WebhookOptions()
        options.topics = topics
        options.trustedHosts = trusted
        do {
            _ = try AmazonSES(WebhookSetup(secrets: [], options: options))
            Issue.record("it was taken")
        } catch {
            #expect(error.key == (trusted == nil ? "topics" : "trusted_hosts"))
            #expect(error.problem.contains(problem), "\(error.problem)")
        }
    }

    @Test func `a secret is refused, since there is none`() throws {
        var options = WebhookOptions()
        options.topics = [Self.topic]
        #expect(throws: WebhookSetupError.secret(.unneeded)) {
            try AmazonSES(WebhookSetup(secrets: ["whsec_x"], options: options))
        }
    }
}

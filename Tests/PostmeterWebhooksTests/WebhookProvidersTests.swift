import PostmeterMail
import PostmeterModel
import PostmeterWebhooks
import Testing

@Suite struct WebhookProvidersTests {
    @Test func `platforms are found by name`() {
        #expect(WebhookProviders.named("resend") == Resend.self)
        #expect(WebhookProviders.named("agentmail") == AgentMail.self)
        #expect(WebhookProviders.named("mailgun") == Mailgun.self)
        #expect(WebhookProviders.named("postmark") == Postmark.self)
        #expect(WebhookProviders.named("sendgrid") == SendGrid.self)
        #expect(WebhookProviders.named("ses") == AmazonSES.self)
        #expect(WebhookProviders.named("Resend") == nil)
        #expect(WebhookProviders.named("") == nil)
    }

    @Test func `names are unique and headers are in lower case`() {
        let names = WebhookProviders.all.map { $0.provider.rawValue }
        #expect(Set(names).count == names.count)
        for provider in WebhookProviders.all {
            let read = provider.readHeaders(WebhookOptions())
            #expect(read.allSatisfy { $0 == $0.lowercased() })
            #expect(Set(read).isSuperset(of: provider.keptHeaders(WebhookOptions())))
        }
    }

    @Test func `each platform that signs as Standard Webhooks verifies what it is given`() throws {
        let headers = WebhookHeaders([
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"), ("webhook-timestamp", "1614265330"),
            ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ])
        let platforms: [any WebhookProvider.Type] = [AgentMail.self, Resend.self]
        for provider in platforms {
            let endpoint = try provider.init(
                WebhookSetup(secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]))
            let verdict = Array(#"{"test": 2432232314}"#.utf8).withUnsafeBytes {
                endpoint.verify(headers, body: $0, now: UnixTime(seconds: 1_614_265_330))
            }
            #expect(verdict == .valid)
        }
    }

    @Test func `the first header of a name counts, whatever its case`() {
        let headers = WebhookHeaders([("SVIX-Id", "a"), ("svix-id", "b"), ("svix-i", "c"), ("svix-id2", "d")])
        #expect(headers["svix-id"] == "a")
        #expect(headers["svix-ix"] == nil)
        #expect(headers[""] == nil)
        let read = WebhookHeaders(["svix-id", "svix-timestamp"]) { $0 == "svix-id" ? "a" : nil }
        #expect(read["svix-id"] == "a" && read["svix-timestamp"] == nil)
        // A letter's neighbours in ASCII are not its other case.
        #expect(WebhookHeaders([("svix[id", "a")])["svix{id"] == nil)
    }
}

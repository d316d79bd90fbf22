import PostmeterMail
import PostmeterWebhooks
import Testing

@Suite struct BounceClassifierTests {
    private func classify(
        _ text: String,
        word: String = "",
        said: Bounce.Class? = nil,
        assumed: Bounce.Class = .soft
    ) -> Bounce {
        BounceClassifier.classify(BounceEvidence(said: said, assumed: assumed, word: word, text: text))
    }

    @Test(arguments: [
        // Exact codes.
        (
            "550 5.1.1 The email account that you tried to reach does not exist",
            Bounce.Reason.invalidRecipient, Bounce.Class.hard
        ),
        ("smtp; 550-5.1.1 User unknown", .invalidRecipient, .hard),
        ("#5.1.2 bad destination system", .badDomain, .hard),
        ("556 5.1.10 Recipient address has null MX", .badDomain, .hard),
        ("552 5.2.2 Mailbox size limit exceeded", .mailboxFull, .soft),
        ("452 4.2.2 The recipient's inbox is out of storage space", .mailboxFull, .soft),
        ("552 5.3.4 Message size exceeds fixed limit", .messageTooLarge, .soft),
        ("4.4.7 Message expired", .expired, .soft),
        ("550 5.7.26 This mail is unauthenticated", .authFailure, .soft),
        ("550 5.7.509 Access denied, sending domain does not pass DMARC", .authFailure, .soft),
        ("421 4.7.28 Gmail has detected an unusual rate of unsolicited mail", .rateLimited, .soft),
        ("451 4.4.2 Timeout", .connection, .soft),
        ("5.7.13 user account disabled", .inactiveMailbox, .hard),
        // Vague codes, where the text knows better.
        ("550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus", .spamBlock, .soft),
        (
            "550 5.7.1 Our system has detected that this message is likely unsolicited mail", .spamContent,
            .soft
        ),
        ("554 5.7.1 Relay access denied", .relayDenied, .soft),
        ("550 5.7.1 Message rejected due to content restrictions", .policy, .soft),
        ("550 5.4.1 Recipient address rejected: Access denied", .invalidRecipient, .hard),
        (
            "450 4.2.1 The user you are trying to contact is receiving mail at a rate that", .rateLimited,
            .soft
        ),
        ("550 5.2.1 The account that you tried to reach is disabled", .inactiveMailbox, .hard),
        ("550 5.2.1 refused", .inactiveMailbox, .hard),
        ("451 4.7.1 Greylisted, please try again", .rateLimited, .soft),
        // Codes that have no row, by their subject.
        ("550 5.1.99 odd", .invalidRecipient, .hard), ("550 5.3.99 odd", .connection, .soft),
        ("550 5.7.999 odd", .policy, .soft), ("550 5.5.0 odd", .other, .hard),
        ("450 4.5.0 odd", .other, .soft),
        // Text without a code.
        ("450 Recipient address rejected: Greylisted", .rateLimited, .soft),
        ("550 Recipient address rejected: Domain not found", .badDomain, .hard),
        ("550 SPF check failed", .authFailure, .soft),
        ("No such user here", .invalidRecipient, .hard),
        ("Connection timed out", .connection, .soft),
        ("554 Message too large", .messageTooLarge, .soft),
        // A reply alone.
        ("smtp; 550 refused", .invalidRecipient, .hard), ("552 refused", .mailboxFull, .soft),
        ("554 refused", .policy, .soft), ("421 refused", .connection, .soft),
        ("port 587 refused", .other, .soft),
        // Numbers that are no codes.
        ("host 5.1.1.7 refused", .other, .soft), ("Exchange 15.1.1 refused", .other, .soft),
        ("version 4.2.2.1 refused", .other, .soft), ("5.1", .other, .soft), ("5.1.1234", .other, .soft),
        ("", .other, .soft),
    ])
    func `what servers say has its class and reason`(
        text: String,
        reason: Bounce.Reason,
        class: Bounce.Class
    ) {
        let bounce = classify(text)
        #expect(bounce.reason == reason)
        #expect(bounce.class == `class`)
    }

    @Test(arguments: [
        ("NoEmail", Bounce.Reason.invalidRecipient), ("MailboxFull", .mailboxFull),
        ("MessageTooLarge", .messageTooLarge), ("ContentRejected", .spamContent),
        ("AttachmentRejected", .policy),
        ("CustomTimeoutExceeded", .expired), ("General", .other), ("Undetermined", .other), ("", .other),
    ])
    func `a platform's word has its reason`(word: String, reason: Bounce.Reason) {
        #expect(classify("", word: word).reason == reason)
        #expect(classify("", word: word.lowercased()).reason == reason)
    }

    @Test func `a word that says something beats the text and one that does not leaves it to it`() {
        #expect(classify("550 5.1.1 user unknown", word: "MailboxFull").reason == .mailboxFull)
        #expect(classify("550 5.2.2 full", word: "General").reason == .mailboxFull)
    }

    @Test func `the platform's class stands, except where the domain does not exist`() {
        #expect(classify("452 4.2.2 full", said: .hard).class == .hard)
        #expect(classify("550 5.1.1 user unknown", said: .soft).class == .soft)
        #expect(classify("554 5.4.4 unable to route", word: "General", said: .soft).class == .hard)
        #expect(classify("554 5.4.4 unable to route", word: "MailboxFull", said: .soft).reason == .badDomain)
    }

    @Test func `without any sign the assumed class stands`() {
        #expect(classify("refused", assumed: .hard).class == .hard)
        #expect(classify("refused", assumed: .soft).class == .soft)
    }

    @Test func `the diagnostic is one masked line of at most 512 bytes`() {
        let long = classify("550 5.1.1 <jo@b.example>\r\n" + String(repeating: "é", count: 600))
        #expect(long.diagnostic.hasPrefix("550 5.1.1 <_@b.example>  éé"))
        #expect(long.diagnostic.utf8.count == 512 || long.diagnostic.utf8.count == 511)
        #expect(classify("", word: "General").diagnostic == "General")
    }

    @Test(arguments: ["Suppressed", "suppressed", "OnAccountSuppressionList"])
    func `words of do-not-send lists are known`(word: String) {
        #expect(BounceClassifier.isSuppression(word))
    }

    @Test(arguments: ["", "General", "NoEmail", "Suppress"])
    func `other words are no suppression`(word: String) {
        #expect(!BounceClassifier.isSuppression(word))
    }

    @Test func `any bytes classify`() {
        var state: UInt64 = 88
        for _ in 0..<2_000 {
            let bytes = (0..<60).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let alphabet = Array("45.01 789\u{0}é<@>rsu".utf8)
                return alphabet[Int(state >> 40) % alphabet.count]
            }
            let bounce = classify(String(decoding: bytes, as: UTF8.self))
            #expect(bounce.diagnostic.utf8.count <= 512)
        }
    }
}

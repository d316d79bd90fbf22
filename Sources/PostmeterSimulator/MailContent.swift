/// What a mail says, as far as webhooks tell it, and who is at its other end.
struct MailContent: Sendable {
    /// The people at the other end, `Name <address>`; as many as the mail has recipients.
    let people: [String]
    /// Their bare addresses.
    let addresses: [String]
    let subject: String
    /// The Message-ID header, with its angle brackets.
    let messageID: String
    /// The Message-ID of the mail that it answers.
    let answersID: String?
    /// The id of the conversation.
    let threadID: String

    /// Draws the content from the mail's number.
    init(of message: SimulatedMessage, in world: SimulatedWorld) {
        var generator = SeededGenerator(seed: world.seed, stream: 4, item: UInt64(message.number))
        var people: [String] = []
        var addresses: [String] = []
        for _ in 0..<message.recipientCount {
            let first = generator.pick(Self.firstNames)
            let last = generator.pick(Self.lastNames)
            let address = "\(first).\(last).\(generator.below(100_000))@\(Self.mailDomain(&generator))"
                .lowercased()
            people.append("\(first) \(last) <\(address)>")
            addresses.append(address)
        }
        self.people = people
        self.addresses = addresses
        subject = (message.answers == nil ? "" : "Re: ") + generator.pick(Self.subjects)
        messageID = Self.messageID(message.number, isInbound: message.isInbound, in: world)
        // Who answers is at the other end of the mail that is answered.
        answersID = message.answers.map { Self.messageID($0, isInbound: !message.isInbound, in: world) }
        var thread = SeededGenerator(
            seed: world.seed,
            stream: 5,
            item: UInt64(message.answers ?? message.number)
        )
        threadID = thread.uuid()
    }

    private static func messageID(_ number: Int, isInbound: Bool, in world: SimulatedWorld) -> String {
        var generator = SeededGenerator(seed: world.seed, stream: 6, item: UInt64(number))
        let host = isInbound ? "mail.example.net" : world.domain
        return "<\(generator.letters(20, of: SeededGenerator.hexadecimal)).\(number)@\(host)>"
    }

    private static func mailDomain(_ generator: inout SeededGenerator) -> String {
        let point = generator.unit()
        return mailDomains.first { point < $0.upTo }?.domain ?? "example.com"
    }

    /// Domains by the share of recipients that have an address there, added up.
    private static let mailDomains: [(upTo: Double, domain: String)] = [
        (0.42, "gmail.com"), (0.56, "outlook.com"), (0.62, "hotmail.com"), (0.7, "yahoo.com"),
        (0.75, "icloud.com"), (0.87, "example.com"), (1, "example.org"),
    ]
    private static let firstNames = [
        "Ada", "Amir", "Carla", "Chen", "Dana", "Elif", "Femi", "Grace", "Hugo", "Ines", "Jonas", "Kofi",
        "Lena",
        "Mateo", "Nadia", "Omar", "Priya", "Rosa", "Sven", "Yuki",
    ]
    private static let lastNames = [
        "Adler", "Brown", "Costa", "Diaz", "Eriksen", "Fischer", "Garcia", "Haddad", "Ito", "Jansen", "Kim",
        "Lopez", "Moreau", "Novak", "Okafor", "Patel", "Rossi", "Silva", "Tanaka", "Weber",
    ]
    private static let subjects = [
        "Your order is on its way", "Question about my account", "Invoice for last month", "Welcome aboard",
        "Meeting on Thursday", "Your ticket was updated", "Price for 200 seats", "Return of order 48213",
        "A quick question", "Notes from our call",
    ]
}

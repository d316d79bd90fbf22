/// A way in which mail bounces, as platforms that send through Amazon SES tell it.
struct BounceSample: Sendable {
    let type: String
    let subType: String
    /// What the receiving server said.
    let diagnostic: String
    /// What the platform says about it.
    let message: String
    /// How often it is met, relative to the others.
    let weight: Double

    /// Whether another try could succeed.
    var isSoft: Bool {
        type != "Permanent"
    }

    /// The samples, hard ones first.
    static let all = [
        BounceSample(
            type: "Permanent",
            subType: "General",
            diagnostic: "smtp; 550 5.1.1 The email account that you tried to reach does not exist",
            message: "The recipient's mail server permanently refused the mail.",
            weight: 45
        ),
        BounceSample(
            type: "Permanent",
            subType: "NoEmail",
            diagnostic: "smtp; 550 5.1.1 user unknown",
            message: "The address of the recipient does not exist.",
            weight: 20
        ),
        BounceSample(
            type: "Transient",
            subType: "MailboxFull",
            diagnostic: "smtp; 452 4.2.2 mailbox is over quota",
            message: "The mailbox of the recipient is full.",
            weight: 15
        ),
        BounceSample(
            type: "Transient",
            subType: "General",
            diagnostic: "smtp; 421 4.4.2 connection timed out",
            message: "The recipient's mail server could not be reached for some time.",
            weight: 10
        ),
        BounceSample(
            type: "Transient",
            subType: "MessageTooLarge",
            diagnostic: "smtp; 452 4.3.4 message size exceeds the limit",
            message: "The mail is too large.",
            weight: 3
        ),
        BounceSample(
            type: "Transient",
            subType: "ContentRejected",
            diagnostic: "smtp; 451 4.7.1 message looks like spam",
            message: "The recipient's mail server did not like the content.",
            weight: 5
        ),
        BounceSample(
            type: "Undetermined",
            subType: "Undetermined",
            diagnostic: "smtp; 450 4.0.0 try again later",
            message: "The mail bounced, and the answer does not say why.",
            weight: 2
        ),
    ]

    private static let totalWeight = all.reduce(0) { $0 + $1.weight }

    /// Draws the place of a sample; a mail that was put off before ends soft.
    static func place(softOnly: Bool, from generator: inout SeededGenerator) -> Int {
        let choices = all.indices.filter { !softOnly || all[$0].isSoft }
        let total = softOnly ? choices.reduce(0) { $0 + all[$1].weight } : totalWeight
        var rest = generator.unit() * total
        for place in choices {
            rest -= all[place].weight
            if rest < 0 { return place }
        }
        return choices.last ?? 0
    }
}

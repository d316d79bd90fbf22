internal import Glibc

/// Webhooks of Resend in any number, each with an id of its own, from a few templates.
///
/// Agents take turns; each of their mails goes through all of `steps`. The n-th webhook is always the same.
struct ResendTraffic: Sendable {
    /// What happens to a mail, in the platform's words.
    static let outbound = ["sent", "delivery_delayed", "delivered", "opened", "clicked"]
    /// Everything that can, so that each agent has a counter of each kind.
    static let everything = [
        "scheduled", "sent", "delivery_delayed", "delivered", "opened", "clicked", "bounced", "complained",
        "failed", "suppressed",
    ]

    let agents: Int
    private let templates: [DigitTemplate]
    private let prefix: String

    /// Prepares traffic.
    ///
    /// - Parameters:
    ///   - agents: How many agents send mail.
    ///   - steps: The events of each mail, without `email.`.
    ///   - bodyBytes: The length of every body; nil leaves them as short as they are.
    ///   - prefix: 12 letters that ids begin with, different for each collector's life.
    init(agents: Int, steps: [String], bodyBytes: Int?, prefix: String = "benchmarking") {
        self.agents = agents
        self.prefix = prefix
        let now = Self.timeText()
        templates = steps.map { DigitTemplate(Self.body(of: $0, at: now, bytes: bodyBytes)) }
    }

    /// The id of a webhook, 31 bytes.
    func id(_ number: Int) -> String {
        let digits = String(number)
        return "msg_" + prefix + String(repeating: "0", count: 15 - digits.utf8.count) + digits
    }

    /// Which of ``templates`` a webhook is made from.
    func step(of number: Int) -> Int {
        number / agents % templates.count
    }

    /// How many steps a mail goes through.
    var steps: Int { templates.count }

    /// The body of a webhook.
    func body(_ number: Int) -> [UInt8] {
        var body = templates[step(of: number)].bytes
        body.withUnsafeMutableBytes { write(number, into: $0) }
        return body
    }

    /// The body of any webhook of a step, into which ``write(_:into:)`` puts the numbers.
    func blank(_ step: Int) -> [UInt8] {
        templates[step].bytes
    }

    /// Puts the numbers of a webhook into a body that was made for its step.
    func write(_ number: Int, into body: UnsafeMutableRawBufferPointer) {
        let mail = number / agents / templates.count * agents + number % agents
        templates[step(of: number)].write([mail, number % agents + 1], into: body)
    }

    /// A body whose mail and agent are places for 12 and 5 digits.
    private static func body(of step: String, at time: String, bytes: Int?) -> String {
        let detail =
            switch step {
            case "bounced":
                #","bounce":{"message":"The mailbox does not exist.","subType":"General","type":"Permanent"}"#
            case "failed": #","failed":{"reason":"reached_daily_quota"}"#
            case "suppressed":
                #","suppressed":{"reason":"previous_bounce","type":"OnAccountSuppressionList"}"#
            default: ""
            }
        func text(_ subject: String) -> String {
            #"{"type":"email.\#(step)","created_at":"\#(time)","data":{"created_at":"\#(time)","#
                + #""email_id":"6b1c8f7a-53f1-4c1e-9a53-############","from":"Agent <agent-#####@bench.example>","#
                + #""subject":"\#(subject)","tags":{"category":"conversation"},"to":["person@gmail.com"]\#(detail)}}"#
        }
        let short = text("Re: your order")
        let missing = max(0, (bytes ?? 0) - short.utf8.count)
        return missing == 0 ? short : text("Re: your order" + String(repeating: "x", count: missing))
    }

    /// The time now, as `2026-01-31T12:00:00.000Z`.
    private static func timeText() -> String {
        var seconds = time(nil)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        strftime(&text, text.count, "%Y-%m-%dT%H:%M:%S.000Z", &parts)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

internal import Glibc
internal import NIOCore
internal import PostmeterSimulator

/// HTTP requests of SendGrid's signed batches, 100 events each, all with ids of their own.
///
/// Agents take turns; each of their mails goes through all of `steps`. Signatures are made ahead, bodies when
/// they are taken.
struct SignedBatches: RequestSource {
    /// Events of a batch.
    static let events = 100
    /// What happens to a mail, in the platform's words.
    private static let steps = ["processed", "deferred", "delivered", "open", "click"]

    private let agents: Int
    private let signer: KeyPairSigner
    private let seconds: UInt64
    private let start: [UInt8]
    private let templates: [DigitTemplate]
    /// The number of the first batch; those below it are some other generator's.
    private let first: Int
    private var signatures: [String] = []
    private var taken = 0
    private var body: [UInt8] = []

    var ready: Int { signatures.count - taken }

    init(agents: Int, signer: KeyPairSigner, path: String, first: Int = 0) {
        self.first = first
        self.agents = agents
        self.signer = signer
        let now = UInt64(time(nil))
        seconds = now
        start = Array(
            ("POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "X-Twilio-Email-Event-Webhook-Timestamp: \(seconds)\r\n").utf8)
        templates = Self.steps.map { DigitTemplate(Self.event($0, at: now)) }
    }

    /// The bytes of a usual body.
    var bodyBytes: Int {
        templates.reduce(0) { $0 + $1.bytes.count + 1 } * Self.events / templates.count
    }

    mutating func sign(_ count: Int) {
        while ready < count {
            write(first + signatures.count)
            signatures.append(signer.signature(seconds: seconds, body: body))
        }
    }

    mutating func take(into buffer: inout ByteBuffer) -> Bool {
        guard ready > 0 else { return false }
        write(first + taken)
        buffer.clear()
        buffer.writeBytes(start)
        buffer.writeString(
            "X-Twilio-Email-Event-Webhook-Signature: \(signatures[taken])\r\n"
                + "Content-Length: \(body.count)\r\n\r\n")
        buffer.writeBytes(body)
        taken += 1
        return true
    }

    /// Makes the body of a batch.
    private mutating func write(_ batch: Int) {
        body.removeAll(keepingCapacity: true)
        body.append(UInt8(ascii: "["))
        for event in (batch * Self.events)..<((batch + 1) * Self.events) {
            let template = templates[event / agents % templates.count]
            let mail = event / agents / templates.count * agents + event % agents
            let place = body.count
            body += template.bytes
            body.withUnsafeMutableBytes { bytes in
                template.write(
                    [mail, event, mail, event % agents + 1],
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[place...]))
            }
            body.append(UInt8(ascii: ","))
        }
        body[body.count - 1] = UInt8(ascii: "]")
    }

    /// An event with places for its mail, its id, its mail again and its agent.
    private static func event(_ step: String, at seconds: UInt64) -> String {
        let detail =
            switch step {
            case "deferred": #","response":"451 4.7.1 greylisted, try again later","attempt":"1""#
            case "delivered": #","response":"250 2.0.0 OK""#
            case "open", "click":
                #","useragent":"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101","ip":"192.0.2.17""#
                    + (step == "click" ? #","url":"https://example.com/tickets""# : "")
            default: ""
            }
        return #"{"email":"person@gmail.com","timestamp":\#(seconds),"event":"\#(step)","#
            + #""smtp-id":"<bench-############@ismtpd0039p1iad1.sendgrid.net>","#
            + #""sg_event_id":"benchmark-###############","#
            + #""sg_message_id":"bench-############.filterdrecv-p3mdw1-756b745b58-18-5F5FC76C-9.0","#
            + #""agent":"agent-#####@bench.example","category":"conversation"\#(detail)}"#
    }
}

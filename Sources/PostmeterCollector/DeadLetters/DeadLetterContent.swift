internal import PostmeterFleet
internal import PostmeterMail

/// What a dead letter's envelope holds; of what is no envelope, all of it is the body.
struct DeadLetterContent {
    /// Where it came in.
    let route: Route?
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    init(_ letter: DeadLetter) {
        (route, headers, body) = letter.envelope.withUnsafeBytes {
            bytes -> (Route?, [(name: String, value: String)], [UInt8]) in
            guard let (envelope, body) = Envelope.read(bytes) else { return (nil, [], Array(bytes)) }
            return (Route(envelope.route), envelope.headers, Array(body))
        }
    }

    /// The id of the account that fingerprints of addresses are made for.
    var account: String { route?.account.account ?? MailIdentity.unknown }
}

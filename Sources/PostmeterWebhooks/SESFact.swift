import Crypto

/// What tells an event of Amazon SES from all others, as an id that shows no address.
///
/// The id of the SNS message would do for a message that SNS delivers twice. But SES tells one thing in two
/// messages when an identity's notifications and a configuration set's events are both on, or two receipt
/// rules fit one mail; so an event is known by what it says: Amazon's own id of the feedback, or else the
/// mail, the kind, the time and the recipients.
struct SESFact {
    private let name: String
    private var digest = SHA256()

    /// A fact of some kind about a mail.
    init(_ name: String, mail: String, time: JSONValue?, about recipients: JSONValue?) {
        self.name = name.filter { $0 != " " }
        digest.update(data: Array(name.utf8))
        digest.update(data: [0])
        digest.update(data: Array(mail.utf8))
        add(time)
        add(recipients)
    }

    /// Adds a string, the strings of an array, or the addresses of its objects.
    mutating func add(_ value: JSONValue?) {
        digest.update(data: [0])
        guard let value else { return }
        if let text = value.utf8 {
            digest.update(bufferPointer: UnsafeRawBufferPointer(text))
        } else if let items = value.items {
            for item in items {
                guard let text = item.utf8 ?? item["emailAddress"]?.utf8 else { continue }
                digest.update(bufferPointer: UnsafeRawBufferPointer(text))
                digest.update(data: [0])
            }
        }
    }

    /// The id of a bounce or a complaint: Amazon's own when it is there.
    mutating func id(feedback: JSONValue, addresses: JSONValue?) -> String {
        if let given = feedback["feedbackId"]?.text(limit: FieldLimit.id), !given.isEmpty {
            return "\(name)-\(given)"
        }
        add(addresses)
        return id
    }

    /// `Delivery-` and 32 hexadecimal digits.
    var id: String {
        let digits = Array("0123456789abcdef".utf8)
        var id = Array("\(name)-".utf8)
        for byte in digest.finalize().prefix(16) {
            id.append(digits[Int(byte >> 4)])
            id.append(digits[Int(byte & 15)])
        }
        return String(decoding: id, as: UTF8.self)
    }
}

/// The headers that tie a mail to its thread, in an array of `{name, value}` or an object of names to values.
struct ThreadHeaders {
    /// The value of `Message-ID`.
    private(set) var messageID: UnsafeBufferPointer<UInt8>?
    /// The value of `In-Reply-To`.
    private(set) var inReplyTo: UnsafeBufferPointer<UInt8>?
    /// The value of `References`.
    private(set) var references: UnsafeBufferPointer<UInt8>?
    /// Whether the mail says that a machine sent it, see ``AutomaticMail``.
    private(set) var isAutomatic = false

    /// No headers.
    init() {}

    /// Finds the first of each; a value is void when the document is.
    init(_ headers: JSONValue) {
        guard let items = headers.items else {
            messageID = headers[anyCase: "message-id"]?.utf8
            inReplyTo = headers[anyCase: "in-reply-to"]?.utf8
            references = headers[anyCase: "references"]?.utf8
            for name in AutomaticMail.names where !isAutomatic {
                guard let value = headers[anyCase: name]?.utf8 else { continue }
                isAutomatic = AutomaticMail.says(value, inHeader: name)
            }
            return
        }
        for item in items {
            // Postmark writes the names of fields in capitals.
            guard let name = (item["name"] ?? item["Name"])?.utf8 else { continue }
            note(name) { (item["value"] ?? item["Value"])?.utf8 }
        }
    }

    /// Takes a header, whose value is asked for only when it matters.
    mutating func note(
        _ name: UnsafeBufferPointer<UInt8>, _ value: () -> UnsafeBufferPointer<UInt8>?
    ) {
        // The lengths of the names below.
        guard 10...15 ~= name.count else { return }
        if messageID == nil, name.equals(anyCase: "message-id") {
            messageID = value()
        } else if inReplyTo == nil, name.equals(anyCase: "in-reply-to") {
            inReplyTo = value()
        } else if references == nil, name.equals(anyCase: "references") {
            references = value()
        } else if !isAutomatic,
            let header = AutomaticMail.names.first(where: { name.equals(anyCase: $0) }),
            let value = value()
        {
            isAutomatic = AutomaticMail.says(value, inHeader: header)
        }
    }

    /// The id that the mail answers: that of `In-Reply-To`, or else the last of `References`; empty for none.
    var answered: String {
        inReplyTo.map(MessageIdentifier.first) ?? references.map(MessageIdentifier.last) ?? ""
    }
}

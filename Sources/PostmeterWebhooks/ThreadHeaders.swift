/// The headers that tie a mail to its thread, in an array of `{name, value}` or an object of names to values.
struct ThreadHeaders {
    /// The value of `Message-ID`.
    private(set) var messageID: UnsafeBufferPointer<UInt8>?
    /// The value of `In-Reply-To`.
    private(set) var inReplyTo: UnsafeBufferPointer<UInt8>?
    /// The value of `References`.
    private(set) var references: UnsafeBufferPointer<UInt8>?

    /// Finds the first of each; a value is void when the document is.
    init(_ headers: JSONValue) {
        guard let items = headers.items else {
            messageID = headers[anyCase: "message-id"]?.utf8
            inReplyTo = headers[anyCase: "in-reply-to"]?.utf8
            references = headers[anyCase: "references"]?.utf8
            return
        }
        for item in items {
            // Postmark writes the names of fields in capitals.
            guard let name = (item["name"] ?? item["Name"])?.utf8, 10...11 ~= name.count else { continue }
            if messageID == nil, name.equals(anyCase: "message-id") {
                messageID = (item["value"] ?? item["Value"])?.utf8
            } else if inReplyTo == nil, name.equals(anyCase: "in-reply-to") {
                inReplyTo = (item["value"] ?? item["Value"])?.utf8
            } else if references == nil, name.equals(anyCase: "references") {
                references = (item["value"] ?? item["Value"])?.utf8
            }
        }
    }

    /// The id that the mail answers: that of `In-Reply-To`, or else the last of `References`; empty for none.
    var answered: String {
        inReplyTo.map(MessageIdentifier.first) ?? references.map(MessageIdentifier.last) ?? ""
    }
}

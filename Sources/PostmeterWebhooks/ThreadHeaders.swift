/// The headers that tie a mail to its thread: in an array of `{name, value}`, an object of names to values, or the
/// text of a mail's header.
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

    /// Finds the first of each in a mail's header, whose end is its first empty line.
    ///
    /// Lines may end in CRLF or in LF alone. A value has the line breaks that it is folded with, and is void when
    /// the text is.
    init(header text: UnsafeRawBufferPointer) {
        var start = 0
        while let field = Self.field(in: text, from: start) {
            start = field.upperBound
            guard let colon = text[field].firstIndex(of: UInt8(ascii: ":")) else { continue }
            text.withMemoryRebound(to: UInt8.self) { text in
                note(UnsafeBufferPointer(rebasing: text[field.lowerBound..<colon])) {
                    UnsafeBufferPointer(rebasing: text[(colon + 1)..<field.upperBound])
                }
            }
        }
    }

    /// The field that begins at `start`, with the lines that it is folded into; nil at the end of the header.
    static func field(in text: UnsafeRawBufferPointer, from start: Int) -> Range<Int>? {
        guard start < text.count else { return nil }
        var end = start
        repeat {
            guard let feed = text.index(of: UInt8(ascii: "\n"), from: end) else { return start..<text.count }
            let isEmpty = feed == end || (feed == end + 1 && text[end] == UInt8(ascii: "\r"))
            if isEmpty { return end == start ? nil : start..<end }
            end = feed + 1
        } while end < text.count && (text[end] == 0x20 || text[end] == 0x09)
        return start..<end
    }

    /// The id that the mail answers: that of `In-Reply-To`, or else the last of `References`; empty for none.
    var answered: String {
        inReplyTo.map(MessageIdentifier.first) ?? references.map(MessageIdentifier.last) ?? ""
    }
}

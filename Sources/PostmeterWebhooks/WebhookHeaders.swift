/// The few headers of a webhook that its platform's file reads; names match whatever their case.
package struct WebhookHeaders: Sendable {
    private var fields: [(name: String, value: String)]

    /// No headers.
    package init() {
        fields = []
    }

    /// Headers from names and values; the first of several with one name counts.
    package init(_ fields: [(name: String, value: String)]) {
        self.fields = fields
    }

    /// The headers of `names` that `value` finds.
    package init(_ names: [String], value: (String) -> String?) {
        fields = names.compactMap { name in value(name).map { (name, $0) } }
    }

    /// Adds a header behind the others.
    package mutating func add(_ name: String, _ value: String) {
        fields.append((name, value))
    }

    /// The value of the first header with this name, which is given in lower case; O(headers).
    package subscript(lowercaseName: String) -> String? {
        for field in fields where field.name.isHeader(named: lowercaseName) {
            return field.value
        }
        return nil
    }
}

extension String {
    /// Whether the text is this lower-case header name, ASCII letters of either case being the same.
    fileprivate func isHeader(named lowercaseName: String) -> Bool {
        guard utf8.count == lowercaseName.utf8.count else { return false }
        var left = self
        var right = lowercaseName
        return left.withUTF8 { left in
            right.withUTF8 { right in ASCII.equals(left, lowercase: right) }
        }
    }
}

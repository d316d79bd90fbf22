/// A field of a message of OTLP, as JSON has it.
struct JSONField {
    /// What a field holds, which decides how it is read and written.
    enum Kind {
        /// A 32-bit number or an enum: a JSON number.
        case number
        case signedZigzag32
        /// A 64-bit number: a text, since JSON's numbers are doubles for many a reader.
        case unsigned64
        /// The same, as `uint64` and not as `fixed64` is written.
        case variable64
        case signed64
        case double
        case flag
        case text
        /// Bytes as base64.
        case bytes
        /// Bytes as hexadecimal digits: the ids of traces and spans.
        case identifier
        case message(JSONMessage)
    }

    let number: Int
    let name: String
    let kind: Kind
    let isRepeated: Bool

    init(_ number: Int, _ name: String, _ kind: Kind) {
        self.init(number, name, kind, isRepeated: false)
    }

    private init(_ number: Int, _ name: String, _ kind: Kind, isRepeated: Bool) {
        self.number = number
        self.name = name
        self.kind = kind
        self.isRepeated = isRepeated
    }

    static func list(_ number: Int, _ name: String, _ kind: Kind) -> JSONField {
        JSONField(number, name, kind, isRepeated: true)
    }
}

/// A place in a JSON document, as RFC 6901 writes it: `/message/to/0`.
///
/// It is split into its steps once, when it is read. A step is the name of an object's field, or the place of
/// an array's item from 0.
package struct JSONPointer: Sendable, Hashable {
    /// The bytes of a pointer.
    package static let textLimit = 256
    /// The steps of a pointer.
    package static let stepLimit = 16
    /// The items of an array that can be pointed to; items behind them are never found.
    package static let itemLimit = 1_000

    /// One step down.
    struct Step: Sendable, Hashable {
        /// The field of an object.
        let name: String
        /// The item of an array; nil when the name is no place in one.
        let item: Int?
    }

    /// The pointer as it was written.
    package let text: String
    /// The steps from the whole document down; none for the document itself.
    let steps: [Step]

    /// Reads a pointer; what is wrong with it is told in a sentence that begins with the pointer.
    package init(_ text: String) throws(JSONPointerError) {
        let shown = text.line(limit: 64)
        guard text.utf8.count <= Self.textLimit else {
            throw JSONPointerError(
                "'\(shown)...' is longer than the \(Self.textLimit) bytes of a JSON pointer")
        }
        guard text.isEmpty || text.utf8.first == UInt8(ascii: "/") else {
            throw JSONPointerError("'\(shown)' is not a JSON pointer: begin with /")
        }
        // Split as bytes: a slash and a combining mark behind it are one character.
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .dropFirst()
        guard parts.count <= Self.stepLimit else {
            throw JSONPointerError("'\(shown)' has more than the \(Self.stepLimit) steps of a JSON pointer")
        }
        var steps: [Step] = []
        for part in parts {
            guard let name = Self.unescape(part) else {
                throw JSONPointerError(
                    "'\(shown)' is not a JSON pointer: write ~0 for ~ and ~1 for / in a name")
            }
            steps.append(Step(name: name, item: Self.item(name)))
        }
        self.text = text
        self.steps = steps
    }

    private static func unescape(_ part: Substring.UTF8View) -> String? {
        guard part.contains(UInt8(ascii: "~")) else { return String(decoding: part, as: UTF8.self) }
        var bytes: [UInt8] = []
        var rest = part
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "~") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
            case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
            default: return nil
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A place in an array: digits without a zero in front.
    private static func item(_ name: String) -> Int? {
        let digits = name.utf8
        guard 1...4 ~= digits.count, digits.allSatisfy({ 0x30...0x39 ~= $0 }),
            digits.count == 1 || digits.first != 0x30
        else { return nil }
        let place = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return place < itemLimit ? place : nil
    }
}

/// What is wrong with a pointer.
package struct JSONPointerError: Error, Sendable, Hashable {
    /// One sentence that begins with the pointer and says how it is mended.
    package let problem: String

    init(_ problem: String) {
        self.problem = problem
    }
}

extension JSONPointer: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        do throws(JSONPointerError) {
            try self.init(text)
        } catch {
            throw decoder.refusal(error.problem)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension JSONValue {
    /// What stands at a pointer; nil when the way to it breaks off.
    ///
    /// Takes as long as the fields and items that are gone past.
    package func at(_ pointer: JSONPointer) -> JSONValue? {
        var value = self
        for step in pointer.steps {
            guard let next = value.kind == .array ? value.item(step.item) : value[name: step.name] else {
                return nil
            }
            value = next
        }
        return value
    }

    private func item(_ place: Int?) -> JSONValue? {
        guard var items, var rest = place else { return nil }
        while let item = items.next() {
            if rest == 0 { return item }
            rest -= 1
        }
        return nil
    }
}

/// Writes one JSON value, compact or with a line for each member.
///
/// Members come out in the order in which they are written, as in the samples of the platforms.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private let isIndented: Bool
    private var depth = 0
    private var needsComma = false

    init(isIndented: Bool = false) {
        self.isIndented = isIndented
        bytes.reserveCapacity(1_024)
    }

    /// Writes an object whose members `body` writes.
    mutating func object(_ body: (inout JSONWriter) -> Void) {
        nest("{", "}", body)
    }

    /// Writes an array whose items `body` writes.
    mutating func array(_ body: (inout JSONWriter) -> Void) {
        nest("[", "]", body)
    }

    /// Writes the name of a member; its value is written next.
    mutating func name(_ name: String) {
        separate()
        quote(name)
        raw(isIndented ? ": " : ":")
        needsComma = false
    }

    mutating func value(_ text: String) {
        separate()
        quote(text)
        needsComma = true
    }

    mutating func value(_ number: Int) {
        separate()
        raw(String(number))
        needsComma = true
    }

    mutating func value(_ flag: Bool) {
        separate()
        raw(flag ? "true" : "false")
        needsComma = true
    }

    /// Writes a finite number with three digits behind the point.
    mutating func value(_ number: Double) {
        separate()
        let thousandths = Int((number * 1_000).rounded())
        let fraction = String(abs(thousandths) % 1_000)
        raw(thousandths < 0 ? "-" : "")
        raw(
            "\(abs(thousandths) / 1_000).\(String(repeating: "0", count: 3 - fraction.utf8.count))\(fraction)"
        )
        needsComma = true
    }

    mutating func member(_ name: String, _ text: String) {
        self.name(name)
        value(text)
    }

    mutating func member(_ name: String, _ number: Int) {
        self.name(name)
        value(number)
    }

    mutating func member(_ name: String, _ number: Double) {
        self.name(name)
        value(number)
    }

    mutating func member(_ name: String, _ items: [String]) {
        self.name(name)
        array { writer in
            for item in items { writer.value(item) }
        }
    }

    mutating func member(_ name: String, _ body: (inout JSONWriter) -> Void) {
        self.name(name)
        object(body)
    }

    /// Writes counts, by name in order.
    mutating func member(_ name: String, counts: [String: Int]) {
        member(name) { writer in
            for (name, count) in counts.sorted(by: { $0.key < $1.key }) { writer.member(name, count) }
        }
    }

    private mutating func nest(_ open: String, _ close: String, _ body: (inout JSONWriter) -> Void) {
        separate()
        raw(open)
        depth += 1
        needsComma = false
        body(&self)
        depth -= 1
        if needsComma { breakLine() }
        raw(close)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { raw(",") }
        // A value behind its name stays on the name's line.
        if bytes.last != UInt8(ascii: ":"), bytes.last != UInt8(ascii: " ") { breakLine() }
    }

    private mutating func breakLine() {
        guard isIndented, !bytes.isEmpty else { return }
        raw("\n" + String(repeating: "  ", count: depth))
    }

    private mutating func raw(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: raw("\\n")
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                raw("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

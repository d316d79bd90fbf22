internal import CCrypt

/// The bcrypt hash of a password, as `htpasswd -B` and exporters write it.
///
/// Its description leaves the hash out, which is not to be logged either.
package struct PasswordHash: Sendable, Hashable, CustomStringConvertible {
    /// The costs that are taken: the powers of two of the rounds.
    ///
    /// Cost 10 takes some 50 ms, 16 some seconds; above that a check takes longer than a request may.
    package static let costs = 4...16

    let text: String

    /// Rounds, as a power of two.
    package let cost: Int

    /// Takes a hash that begins with `$2a$`, `$2b$` or `$2y$`; nil when it is anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 60, text.hasPrefix("$2a$") || text.hasPrefix("$2b$") || text.hasPrefix("$2y$"),
            bytes[6] == UInt8(ascii: "$"), bytes[4...5].allSatisfy({ $0 &- 0x30 < 10 }),
            let cost = Int(text.dropFirst(4).prefix(2)),
            Self.costs.contains(cost), bytes[7...].allSatisfy(Self.isOfAlphabet)
        else {
            return nil
        }
        self.text = text
        self.cost = cost
    }

    /// A hash that no password has, for users that there are not: their check takes as long as another's.
    init(unmatchableOfCost cost: Int) {
        let cost = min(max(cost, Self.costs.lowerBound), Self.costs.upperBound)
        text = "$2b$\(cost < 10 ? "0" : "")\(cost)$" + String(repeating: "a", count: 21) + "u"
        self.cost = cost
    }

    package var description: String { "a bcrypt hash of cost \(cost)" }

    /// Whether this is the password's hash.
    ///
    /// Takes as long as the cost asks for; not for event loops. Passwords of more than 511 bytes, and those with a
    /// NUL, are nobody's.
    func matches(_ password: [UInt8]) -> Bool {
        guard !password.contains(0) else {
            return false
        }
        let phrase = password.map { CChar(bitPattern: $0) } + [0]
        var status: Int32 = -1
        let output = [CChar](unsafeUninitializedCapacity: 64) { buffer, count in
            status = pm_crypt(phrase, text, buffer.baseAddress, 64)
            count = status == 0 ? 64 : 0
        }
        guard status == 0 else {
            return false
        }
        return Self.isSame(output.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, Array(text.utf8))
    }

    /// Whether two texts are the same, in a time that does not tell where they differ.
    private static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else {
            return false
        }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func isOfAlphabet(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"):
            true
        default:
            false
        }
    }
}

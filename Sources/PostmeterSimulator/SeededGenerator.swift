import Glibc

/// Pseudo-random numbers that are the same for the same seed, on every machine and with every compiler.
///
/// SplitMix64. The draws below are spelled out, since the standard library promises no stable algorithm for its own.
struct SeededGenerator: Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// A generator of its own for one item of a stream, so that what an item holds does not depend on when it
    /// is drawn.
    init(seed: UInt64, stream: UInt64, item: UInt64) {
        var mixer = SeededGenerator(seed: seed ^ (stream &* 0xD6E8_FEB8_6659_FD93))
        state = mixer.next() ^ (item &* 0xA076_1D64_78BD_642F)
    }

    /// The next 64 bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// A number from 0 up to and without 1.
    mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Whether something happens that does so with this probability.
    mutating func chance(_ probability: Double) -> Bool {
        unit() < probability
    }

    /// A whole number from 0 up to and without `limit`, which is at least 1.
    mutating func below(_ limit: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(max(1, limit))).high)
    }

    /// One of the items, of which there is at least one.
    mutating func pick<Item>(_ items: [Item]) -> Item {
        items[below(items.count)]
    }

    /// A number between two bounds, evenly spread.
    mutating func between(_ low: Double, _ high: Double) -> Double {
        low + unit() * (high - low)
    }

    /// A number with the skew of delays: half of them are below `median`, a few are several times that.
    mutating func delay(median: Double, spread: Double = 0.6) -> Double {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return median * exp(spread * radius * cos(2 * Double.pi * unit()))
    }

    /// Letters and digits as platforms make ids of.
    mutating func letters(_ count: Int, of alphabet: StaticString = alphanumeric) -> String {
        let choices = UnsafeBufferPointer(start: alphabet.utf8Start, count: alphabet.utf8CodeUnitCount)
        return String(unsafeUninitializedCapacity: count) { buffer in
            for index in 0..<count {
                buffer.initializeElement(at: index, to: choices[below(choices.count)])
            }
            return count
        }
    }

    /// A UUID of version 4.
    mutating func uuid() -> String {
        let digits = Array(letters(32, of: Self.hexadecimal).utf8)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.unicodeScalars.append(Unicode.Scalar(index == 12 ? UInt8(ascii: "4") : digit))
        }
        return text
    }

    static let alphanumeric: StaticString = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    static let hexadecimal: StaticString = "0123456789abcdef"
}

import PostmeterModel

/// Random numbers that a seed decides: a failing case names the seed, and runs again with it.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }

    /// A text of some characters of one to four bytes.
    mutating func text(_ length: ClosedRange<Int>) -> String {
        let letters: [Character] = [
            "a", "b", "c", "-", "%", " ", ",", "\"", "=", ";", "\\", "é", "ß", "→", "𝄞", "\u{7f}",
        ]
        return String(
            (0..<Int.random(in: length, using: &self)).map { _ in letters.randomElement(using: &self) ?? "a" }
        )
    }

    mutating func value() -> AttributeValue {
        switch Int.random(in: 0..<6, using: &self) {
        case 0: .int(Int64(truncatingIfNeeded: next() >> UInt64.random(in: 0..<64, using: &self)))
        case 1: .double(Double(Int64(truncatingIfNeeded: next())) / 7)
        case 2: .bool(Bool.random(using: &self))
        case 3: .strings((0..<Int.random(in: 1..<4, using: &self)).map { _ in text(0...20) })
        case 4: .string(text(0...300))
        default: .string(text(0...30))
        }
    }
}

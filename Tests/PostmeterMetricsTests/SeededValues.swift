/// Random numbers from a seed, which a failing test tells.
struct SeededValues {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// Source: Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014.
    mutating func word() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    /// A finite positive double of any size, each bit pattern as likely as another.
    mutating func magnitude() -> Double {
        Double(bitPattern: word() % Double.infinity.bitPattern)
    }

    /// A value whose size is within a factor of 2^±spread of 1.
    mutating func value(spread: Int) -> Double {
        let mantissa = Double(bitPattern: 0x3ff0_0000_0000_0000 | word() >> 12)
        return mantissa
            * Double(sign: .plus, exponent: Int(word() % UInt64(2 * spread + 1)) - spread, significand: 1)
    }
}

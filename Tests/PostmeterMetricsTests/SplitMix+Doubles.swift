/// Doubles of the sizes that exponential buckets are tested with.
extension SplitMix {
    /// A finite positive double of any size, each bit pattern as likely as another.
    mutating func magnitude() -> Double {
        Double(bitPattern: next() % Double.infinity.bitPattern)
    }

    /// A value whose size is within a factor of 2^±spread of 1.
    mutating func value(spread: Int) -> Double {
        let mantissa = Double(bitPattern: 0x3ff0_0000_0000_0000 | next() >> 12)
        return mantissa
            * Double(sign: .plus, exponent: Int(next() % UInt64(2 * spread + 1)) - spread, significand: 1)
    }
}

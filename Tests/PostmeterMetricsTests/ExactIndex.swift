import PostmeterModel

/// Exact arithmetic for the buckets of exponential histograms, by other means than the code under test.
enum ExactIndex {
    /// The bucket of a magnitude, by squaring its mantissa as often as the scale says.
    ///
    /// Each squaring gives one binary digit of the logarithm. The error, doubled each time, stays below 2^-105, and no double's digits
    /// come that near to a bound.
    static func index(_ magnitude: Double, _ scale: Int32) -> Int32 {
        let exponent = Int64(magnitude.exponent)
        let mantissa = UInt64(magnitude.significand * 0x1p52)
        let isPower = mantissa == 1 << 52
        if scale <= 0 { return Int32((isPower ? exponent - 1 : exponent) >> Int64(-scale)) }
        var y = UInt128(mantissa) << 75
        var digits: Int64 = 0
        for _ in 0..<scale {
            let (high, low) = y.multipliedFullWidth(by: y)
            let isAboveTwo = high >> 127 == 1
            digits = digits << 1 | (isAboveTwo ? 1 : 0)
            y = isAboveTwo ? high : high << 1 | low >> 127
        }
        return Int32(exponent << Int64(scale) + digits - (isPower ? 1 : 0))
    }

    /// The largest scale up to `limits.maxScale` at which positive and negative values fit.
    static func idealScale(_ values: [Double], _ limits: ExponentialLimits) -> Int32 {
        var scale = Int32(limits.maxScale)
        while ![values.filter { $0 > 0 }, values.filter { $0 < 0 }].allSatisfy({ side in
            let indexes = side.map { Int64(index($0.magnitude, scale)) }
            guard let low = indexes.min(), let high = indexes.max() else { return true }
            return high - low < Int64(limits.maxSize)
        }) {
            scale -= 1
        }
        return scale
    }

    /// The point that these values make, but for the rounding of the sum.
    static func point(_ values: [Double], _ limits: ExponentialLimits) -> ExponentialPoint {
        let scale = idealScale(values, limits)
        func buckets(_ side: [Double]) -> ExponentialPoint.Buckets {
            let indexes = side.map { index($0.magnitude, scale) }
            guard let low = indexes.min(), let high = indexes.max() else { return .init() }
            var counts = [UInt64](repeating: 0, count: Int(high - low) + 1)
            for index in indexes { counts[Int(index - low)] += 1 }
            return .init(offset: low, counts: counts)
        }
        return ExponentialPoint(
            scale: scale, zeroCount: UInt64(values.count { $0 == 0 }), sum: values.reduce(0, +),
            positive: buckets(values.filter { $0 > 0 }), negative: buckets(values.filter { $0 < 0 }))
    }
}

import CPrimitives

/// Numbers as Prometheus spells them.
enum NumberText {
    /// The most bytes that a number takes.
    static let limit = 32

    /// Writes an integer and returns its length.
    @inline(__always)
    static func write(_ value: Int64, to out: UnsafeMutableRawPointer) -> Int {
        pm_digits_wide_i64(out.assumingMemoryBound(to: UInt8.self), value)
    }

    /// Writes a double and returns its length: the shortest digits that give the same double back, with an
    /// exponent below 1e-4 and from 1e6 on, as Go's `%g` does.
    static func write(_ value: Double, to out: UnsafeMutableRawPointer) -> Int {
        let size = value.magnitude
        if size < 1e6, let whole = Int64(exactly: value), whole != 0 || value.sign == .plus {
            return write(whole, to: out)
        }
        guard size.isFinite else { return put(value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf", to: out) }
        guard size >= 1e-4, size < 1e6 else { return ShortestDecimal(value).write(to: out) }
        // In this range Swift spells it the same way.
        var text = value.description
        return text.withUTF8 { digits in
            UnsafeMutableRawBufferPointer(start: out, count: limit).copyBytes(from: digits)
            return digits.count
        }
    }

    /// The text of a double.
    ///
    /// With `canonical` it says that it is a floating-point number, which OpenMetrics wants of the labels
    /// `le` and `quantile`: `1.0`, not `1`.
    static func bytes(_ value: Double, canonical: Bool) -> [UInt8] {
        var text = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            count = write(value, to: start)
        }
        let isWhole = !text.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") }
        if canonical, value.isFinite, isWhole { text += ".0".utf8 }
        return text
    }

    private static func put(_ text: StaticString, to out: UnsafeMutableRawPointer) -> Int {
        out.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        return text.utf8CodeUnitCount
    }
}

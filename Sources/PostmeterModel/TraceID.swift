/// The identity of a trace: 16 bytes, not all zero when valid.
///
/// Source: W3C Trace Context level 2, section 3.2.2.3.
public struct TraceID: Sendable, Hashable {
    /// Bytes 0 to 7, the first one most significant.
    public var high: UInt64
    /// Bytes 8 to 15, the first one most significant.
    public var low: UInt64

    /// Creates an id from its two halves, big-endian.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Whether the id names a trace: not all zero.
    @inlinable
    public var isValid: Bool {
        high | low != 0
    }
}

extension TraceID: CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    public var description: String {
        hexadecimal(high) + hexadecimal(low)
    }
}

/// 16 lower-case hexadecimal digits.
func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

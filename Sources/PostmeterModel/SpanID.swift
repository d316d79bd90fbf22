/// The identity of a span within its trace: 8 bytes, not all zero when valid.
///
/// Source: W3C Trace Context level 2, section 3.2.2.4.
public struct SpanID: Sendable, Hashable {
    /// The eight bytes, the first one most significant.
    public var value: UInt64

    /// Creates an id from its bytes, big-endian.
    @inlinable
    public init(_ value: UInt64) {
        self.value = value
    }

    /// Whether the id names a span: not all zero.
    @inlinable
    public var isValid: Bool {
        value != 0
    }
}

extension SpanID: CustomStringConvertible {
    /// 16 lower-case hexadecimal digits.
    public var description: String {
        hexadecimal(value)
    }
}

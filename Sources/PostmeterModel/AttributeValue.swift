/// The value of an attribute: every type that OpenTelemetry allows for one.
///
/// Source: OpenTelemetry specification, "Common concepts", section "Attribute".
public enum AttributeValue: Sendable, Hashable {
    /// Text, in UTF-8.
    case string(String)
    /// A truth value.
    case bool(Bool)
    /// A signed 64-bit integer.
    case int(Int64)
    /// An IEEE 754 double.
    case double(Double)
    /// A homogeneous list of texts.
    case strings([String])
    /// A homogeneous list of truth values.
    case bools([Bool])
    /// A homogeneous list of integers.
    case ints([Int64])
    /// A homogeneous list of doubles.
    case doubles([Double])
}

extension AttributeValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// Creates a text value from a literal.
    public init(stringLiteral value: String) {
        self = .string(value)
    }
}

extension AttributeValue: ExpressibleByIntegerLiteral {
    /// Creates an integer value from a literal.
    public init(integerLiteral value: Int64) {
        self = .int(value)
    }
}

extension AttributeValue: ExpressibleByFloatLiteral {
    /// Creates a floating-point value from a literal.
    public init(floatLiteral value: Double) {
        self = .double(value)
    }
}

extension AttributeValue: ExpressibleByBooleanLiteral {
    /// Creates a truth value from a literal.
    public init(booleanLiteral value: Bool) {
        self = .bool(value)
    }
}

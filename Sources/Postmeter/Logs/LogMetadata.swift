import Logging
import PostmeterModel
import PostmeterTracing

/// Metadata of swift-log as attributes.
enum LogMetadata {
    /// How deep dictionaries are taken apart; what lies deeper is one text.
    static let depthLimit = 8

    /// Writes one value: a dictionary as an attribute for each of its values, whose key has the keys on the way
    /// with dots between; an array as a list of texts; numbers and truth values as such.
    static func write(
        _ value: Logger.MetadataValue, as key: String, to attributes: inout LogAttributes, depth: Int = 1
    ) {
        switch value {
        case .string(let text): attributes.set(key, text)
        case .stringConvertible(let value): write(value, as: key, to: &attributes)
        case .array(let values):
            attributes.set(Attribute(key, .strings(values.map { "\($0)" })))
        case .dictionary(let values):
            guard depth < depthLimit else { return attributes.set(key, "\(value)") }
            for (inner, value) in values {
                write(value, as: "\(key).\(inner)", to: &attributes, depth: depth + 1)
            }
        }
    }

    private static func write(
        _ value: any CustomStringConvertible, as key: String, to attributes: inout LogAttributes
    ) {
        switch value {
        case let value as Int: attributes.set(key, value)
        case let value as Bool: attributes.set(key, value)
        case let value as Double: attributes.set(key, value)
        case let value as Float: attributes.set(key, Double(value))
        case let value as any BinaryInteger:
            // What no integer of 64 bits can say is said as text.
            guard let value = Int(exactly: value) else { return attributes.set(key, value.description) }
            attributes.set(key, value)
        default: attributes.set(key, value.description)
        }
    }
}

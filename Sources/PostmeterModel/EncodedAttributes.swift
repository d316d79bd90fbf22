/// Attributes in the form that OTLP carries: `KeyValue` messages, each behind the tag of its field and a length.
///
/// They are written once, when a series or resource is made; every export copies the bytes.
/// A value is immutable and may be shared between threads.
public struct EncodedAttributes: Sendable, Hashable {
    /// The field the bytes belong to.
    public let field: AttributeField
    /// Zero or more `tag, length, KeyValue`.
    public let bytes: [UInt8]

    /// Encodes attributes for a field, in the order given.
    public init(_ attributes: [Attribute], for field: AttributeField) {
        var encoder = ProtobufWriter()
        for attribute in attributes {
            encoder.append(attribute, tag: field.tag)
        }
        self.field = field
        bytes = encoder.bytes
    }

    /// The attributes, decoded; an attribute that is damaged ends the list.
    public var attributes: [Attribute] {
        bytes.withUnsafeBytes { AttributeReader.attributes(in: $0) }
    }
}

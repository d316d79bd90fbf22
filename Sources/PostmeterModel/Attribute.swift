/// A key with its value, as it describes a resource, a scope, a series or a span.
public struct Attribute: Sendable, Hashable {
    /// The name, for example `email.agent`; not empty.
    public var key: String
    /// What the name stands for here.
    public var value: AttributeValue

    /// Creates an attribute.
    public init(_ key: String, _ value: AttributeValue) {
        self.key = key
        self.value = value
    }
}

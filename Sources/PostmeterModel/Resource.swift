/// What emits the telemetry: a service instance on a host, described by attributes.
///
/// Source: OpenTelemetry specification, "Resource SDK".
public struct Resource: Sendable, Hashable {
    /// The description, for example `service.name`; each key once.
    public let attributes: [Attribute]

    /// Creates a resource; of a key that is given twice the later value holds.
    public init(_ attributes: [Attribute]) {
        var kept: [Attribute] = []
        for attribute in attributes {
            if let index = kept.firstIndex(where: { $0.key == attribute.key }) {
                kept[index] = attribute
            } else {
                kept.append(attribute)
            }
        }
        self.attributes = kept
    }

    /// The text value of a key, or nil when the key is absent or not text.
    public subscript(key: String) -> String? {
        guard case .string(let text)? = attributes.first(where: { $0.key == key })?.value else { return nil }
        return text
    }

    /// This resource with the attributes of another laid over it.
    public func merging(_ other: Resource) -> Resource {
        Resource(attributes + other.attributes)
    }
}

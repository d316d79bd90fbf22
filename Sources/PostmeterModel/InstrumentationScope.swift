/// The library or room that recorded something.
///
/// Source: OpenTelemetry specification, "Instrumentation Scope".
public struct InstrumentationScope: Sendable, Hashable {
    /// The name, for example `postmeter.mail`.
    public var name: String
    /// The version of the library; empty when it has none.
    public var version: String
    /// Where the schema is that the names follow; empty when there is none.
    public var schemaURL: String
    /// What else is said of the library; each key once.
    public var attributes: [Attribute]

    /// Creates a scope.
    public init(name: String, version: String = "", schemaURL: String = "", attributes: [Attribute] = []) {
        self.name = name
        self.version = version
        self.schemaURL = schemaURL
        self.attributes = attributes
    }
}

/// The library or room that recorded something.
///
/// Source: OpenTelemetry specification, "Instrumentation Scope".
public struct InstrumentationScope: Sendable, Hashable {
    /// The name, for example `postmeter.mail`.
    public var name: String
    /// The version of the library; empty when it has none.
    public var version: String

    /// Creates a scope.
    public init(name: String, version: String = "") {
        self.name = name
        self.version = version
    }
}

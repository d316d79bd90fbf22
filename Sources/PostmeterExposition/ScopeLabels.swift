import PostmeterModel

/// The labels that say which scope recorded a series.
///
/// They are `otel_scope_name`, `otel_scope_version` and `otel_scope_schema_url`, those that are not empty, and
/// `otel_scope_` before the name of each further attribute of the scope.
/// Source: OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility", section
/// "Instrumentation Scope".
struct ScopeLabels: Equatable {
    /// `name="value",name="value"`; empty when there are none.
    let text: [UInt8]
    /// Their names.
    let names: [String]
    /// The same as messages of protocol buffers.
    let pairs: [UInt8]

    /// No labels.
    static let none = ScopeLabels(LabelSet([], names: LabelNames(names: .plain, reserved: [])))

    init(_ scope: InstrumentationScope, names: ExpositionNames) {
        let own = [("name", scope.name), ("version", scope.version), ("schema_url", scope.schemaURL)]
        var attributes = own.filter { !$0.1.isEmpty }.map {
            Attribute("otel_scope_" + $0.0, .string($0.1))
        }
        let taken = own.map { names.label("otel_scope_" + $0.0) }
        for attribute in scope.attributes {
            let key = "otel_scope_" + attribute.key
            if !taken.contains(names.label(key)) { attributes.append(Attribute(key, attribute.value)) }
        }
        self.init(LabelSet(attributes, names: LabelNames(names: names, reserved: [])))
    }

    private init(_ set: LabelSet) {
        var text: [UInt8] = []
        set.append(to: &text)
        self.text = text
        var pairs: [UInt8] = []
        set.appendPairs(to: &pairs)
        self.pairs = pairs
        names = set.labels.map(\.name)
    }
}

extension ExpositionNames {
    /// The names of the default options.
    static let plain = ExpositionNames(
        translation: .underscoreEscapingWithSuffixes, escaping: .underscores)
}

import PostmeterMetrics
import PostmeterModel

/// Makes the instruments of ``ExportHealth``, all in one scope.
struct HealthMaker {
    let registry: MetricsRegistry

    func counter(
        _ name: String,
        _ unit: String,
        _ description: String,
        _ labels: [String]
    ) -> Family<Counter> {
        registry.family(descriptor(name, .counter, unit, description, labels))
    }

    func gauge(_ name: String, _ unit: String, _ description: String, _ labels: [String]) -> Family<Gauge> {
        registry.family(descriptor(name, .gauge, unit, description, labels))
    }

    func histogram(_ name: String, _ description: String, _ labels: [String]) -> Family<Histogram> {
        registry.family(descriptor(name, .histogram, "s", description, labels))
    }

    private func descriptor(
        _ name: String,
        _ kind: InstrumentKind,
        _ unit: String,
        _ description: String,
        _ labels: [String]
    ) -> InstrumentDescriptor {
        InstrumentDescriptor(
            name: name,
            kind: kind,
            number: kind == .gauge ? .floating : .integer,
            unit: unit,
            description: description,
            labels: labels,
            bounds: kind == .histogram ? ExportHealth.durationBounds : [],
            scope: ExportHealth.scope
        )
    }
}

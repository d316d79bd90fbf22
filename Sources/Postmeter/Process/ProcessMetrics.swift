package import PostmeterMetrics
import PostmeterModel
import Synchronization

/// The figures of the process, by the names that each side knows them by.
///
/// Scrapes show those of Prometheus' client libraries (`process_cpu_seconds_total` and its siblings), pushes those
/// of OpenTelemetry's semantic conventions (`process.cpu.time` and its siblings). What cannot be read is left out.
/// Source: Prometheus, "Writing client libraries", section "Standard and runtime collectors"; OpenTelemetry
/// semantic conventions, "Process metrics".
package final class ProcessMetrics: Sendable {
    static let scope = InstrumentationScope(name: "postmeter.process")

    private let reader: ProcessReader
    /// What was read when the values were last collected, which all instruments report from.
    private let reading = Mutex<ProcessReading?>(nil)

    /// Adds the figures to a registry; once is enough.
    package convenience init(registry: MetricsRegistry, files: SystemFiles = .system) {
        self.init(registry: registry, reader: ProcessReader(files: files))
    }

    init(registry: MetricsRegistry, reader: ProcessReader) {
        self.reader = reader
        registry.onCollect { [self] in
            let now = reader.read()
            reading.withLock { $0 = now }
        }
        forScrapes(registry)
        forPushes(registry)
    }

    private func forScrapes(_ registry: MetricsRegistry) {
        func observe(
            _ name: String, _ kind: InstrumentKind, _ unit: String, _ description: String,
            _ value: @escaping @Sendable (ProcessReading) -> Double?
        ) {
            self.observe(
                InstrumentDescriptor(
                    name: name, kind: kind, number: .floating, unit: unit, description: description,
                    scope: Self.scope, audience: .scrapes), in: registry
            ) { reading, observer in
                if let value = value(reading) { observer.record(value) }
            }
        }
        observe(
            "process.cpu", .counter, "s", "Processor time of the process, its own and the kernel's for it."
        ) {
            $0.userSeconds + $0.systemSeconds
        }
        observe("process.resident_memory", .gauge, "By", "Memory of the process in RAM.") {
            Double($0.residentBytes)
        }
        observe("process.virtual_memory", .gauge, "By", "Address space of the process.") {
            Double($0.virtualBytes)
        }
        observe("process.open_fds", .gauge, "", "Open file descriptors of the process.") {
            $0.openDescriptors.map(Double.init)
        }
        observe("process.max_fds", .gauge, "", "The most file descriptors that the process may have open.") {
            $0.descriptorLimit.map(Double.init)
        }
        observe("process.start_time", .gauge, "s", "When the process was started, since the Unix epoch.") {
            $0.startSeconds
        }
        observe("process.threads", .gauge, "", "Threads of the process.") { Double($0.threads) }
    }

    private func forPushes(_ registry: MetricsRegistry) {
        func observe(
            _ name: String, _ kind: InstrumentKind, _ number: InstrumentDescriptor.Number, _ unit: String,
            _ description: String, labels: [String] = [],
            _ report: @escaping @Sendable (ProcessReading, inout Observer) -> Void
        ) {
            self.observe(
                InstrumentDescriptor(
                    name: name, kind: kind, number: number, unit: unit, description: description,
                    labels: labels, scope: Self.scope, audience: .pushes), in: registry, report)
        }
        observe(
            "process.cpu.time", .counter, .floating, "s", "Processor time of the process by mode.",
            labels: ["cpu.mode"]
        ) { reading, observer in
            observer.record(reading.userSeconds, "user")
            observer.record(reading.systemSeconds, "system")
        }
        observe("process.memory.usage", .upDownCounter, .integer, "By", "Memory of the process in RAM.") {
            $1.record($0.residentBytes)
        }
        observe("process.memory.virtual", .upDownCounter, .integer, "By", "Address space of the process.") {
            $1.record($0.virtualBytes)
        }
        observe(
            "process.unix.file_descriptor.count", .upDownCounter, .integer, "{file_descriptor}",
            "Open file descriptors of the process."
        ) { reading, observer in
            if let count = reading.openDescriptors { observer.record(count) }
        }
        observe("process.thread.count", .upDownCounter, .integer, "{thread}", "Threads of the process.") {
            $1.record($0.threads)
        }
        observe("process.uptime", .gauge, .floating, "s", "Time since the process was started.") {
            reading, observer in
            if let seconds = reading.uptimeSeconds { observer.record(seconds) }
        }
    }

    private func observe(
        _ descriptor: InstrumentDescriptor, in registry: MetricsRegistry,
        _ report: @escaping @Sendable (ProcessReading, inout Observer) -> Void
    ) {
        registry.observe(descriptor) { [self] observer in
            if let reading = reading.withLock({ $0 }) { report(reading, &observer) }
        }
    }
}

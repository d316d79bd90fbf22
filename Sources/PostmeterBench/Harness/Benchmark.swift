/// One subject with what is measured of it.
protocol Benchmark: Sendable {
    /// The measurements, in the order of the table.
    var trials: [Trial] { get }
}

/// A measurement that can be asked for by its name, and gives one or more rows.
struct Trial: Sendable {
    /// `subject/what`.
    let name: String
    /// Whether it takes minutes, so that it runs only when that is asked for.
    var isLong = false
    let run: @Sendable (Harness) async throws -> [Row]
}

/// A benchmark that did not do what it was to measure, so its time means nothing.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

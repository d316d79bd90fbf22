import CPrimitives

extension MetricsRegistry {
    /// Counts a measurement that had to be refused before it came to an instrument.
    package func countRefused() {
        pm_cell_add(counters.refused, 1)
    }
}

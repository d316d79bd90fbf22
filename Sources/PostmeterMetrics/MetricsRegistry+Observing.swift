public import PostmeterModel

extension MetricsRegistry {
    /// Makes an observable instrument, whose values a callback reports whenever they are collected.
    ///
    /// The callback runs once in each snapshot, one at a time for each instrument, on the thread of whoever takes
    /// the snapshot. It must return soon and must not ask for a snapshot. Series that it does not report are not
    /// exported in that snapshot. An instrument may have several callbacks. Counters and up-down counters are given
    /// their sums, not what came on top. Returns nil, and reports why, for a histogram: there is none to observe.
    /// Source: OpenTelemetry specification, "Metrics API", section "Asynchronous Instrument API".
    @discardableResult
    public func observe(
        _ descriptor: InstrumentDescriptor, _ callback: @escaping @Sendable (inout Observer) -> Void
    ) -> ObservationToken? {
        guard descriptor.kind != .histogram else {
            diagnostics.warn(
                "metric \(descriptor.name) is a histogram, which cannot be observed; it is left out")
            return nil
        }
        let (fitted, faults) = descriptor.fittedToObservations()
        let storage = storage(of: fitted, faults: faults)
        guard let observation = storage.observation else { return nil }
        return ObservationToken(observation, observation.add(callback, through: storage.front?.door))
    }
}

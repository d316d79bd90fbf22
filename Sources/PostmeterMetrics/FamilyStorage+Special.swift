import CPrimitives
import PostmeterModel

extension FamilyStorage {
    /// The most exemplars that a series with exponential buckets keeps.
    ///
    /// Source: OpenTelemetry specification, "Metrics SDK", section "Exemplar defaults".
    static let exponentialSlots = 20

    /// The 64-bit words of a series.
    ///
    /// A histogram has its buckets and sum, and its extremes unless a checkpoint keeps it. Of exponential buckets a
    /// thread has the address; an integer gauge has a word beside its value for whether that is the least integer.
    static func width(of descriptor: InstrumentDescriptor) -> Int {
        switch descriptor.kind {
        case .histogram where descriptor.exponential != nil: 1
        case .histogram: descriptor.bounds.count + (keepsExtremes(descriptor) ? 4 : 2)
        case .gauge: descriptor.number == .integer ? 2 : 1
        case .counter, .upDownCounter: 1
        }
    }

    /// Whether the least and the greatest value of each series are kept; exponential buckets always have them.
    static func keepsExtremes(_ descriptor: InstrumentDescriptor) -> Bool {
        descriptor.kind == .histogram && !descriptor.isDurable
    }

    /// What the series need beyond their cells; nil when nothing.
    static func special(of descriptor: InstrumentDescriptor, exemplars: ExemplarSource?) -> pm_special? {
        let exemplars = descriptor.isDurable || descriptor.isObservable ? nil : exemplars
        switch descriptor.kind {
        case .gauge: return nil
        case .counter, .upDownCounter: return exemplars?.special(slots: 1)
        case .histogram:
            guard let limits = descriptor.exponential else {
                return exemplars?.special(slots: descriptor.bounds.count + 1)
            }
            pm_exponential_prepare()
            var special = exemplars?.special(slots: min(exponentialSlots, limits.maxSize)) ?? pm_special()
            special.size = UInt32(limits.maxSize)
            special.scale = Int32(limits.maxScale)
            return special
        }
    }

    /// The cell that a series' handles record into, when its first cell is this one; nil when there is no memory.
    func recorded(_ cell: UInt32) -> UInt32? {
        guard var special else { return cell }
        return pm_special_start(cell, &special) ? cell | UInt32(PM_CELL_SPECIAL) : nil
    }

    /// The exemplars of all series, in the order of series and buckets.
    func exemplars(_ runs: [CellRun], _ count: Int) -> [Exemplar] {
        guard let special, special.slots > 0 else { return [] }
        let hasBuckets = descriptor.kind == .histogram && descriptor.exponential == nil
        var list: [Exemplar] = []
        Self.each(runs, count, width: width) { cell, series in
            for slot in 0..<special.slots {
                var value = 0.0
                var sample = pm_sample()
                guard pm_exemplar_read(cell, slot, &value, &sample) else { continue }
                list.append(
                    Exemplar(
                        series: series, bucket: hasBuckets ? Int(slot) : 0, value: value,
                        time: UnixTime(nanoseconds: sample.time),
                        traceID: TraceID(high: sample.trace_high, low: sample.trace_low),
                        spanID: SpanID(sample.span)))
            }
        }
        return list
    }
}

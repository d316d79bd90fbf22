import COTLP
import PostmeterModel

extension MetricsRequest {
    typealias ExemplarPointer = UnsafeMutablePointer<Otlp__Exemplar>

    /// The exemplars of each series that has some, of the first `count` series.
    mutating func exemplars(
        of family: FamilySnapshot,
        count: Int
    ) -> [(series: Int, exemplars: UnsafeMutableBufferPointer<ExemplarPointer?>)] {
        guard !family.exemplars.isEmpty else { return [] }
        let isInteger = family.descriptor.number == .integer
        var runs: [(series: Int, exemplars: UnsafeMutableBufferPointer<ExemplarPointer?>)] = []
        var next = 0
        while next < family.exemplars.count {
            let series = family.exemplars[next].series
            let run = family.exemplars[next...].prefix { $0.series == series }
            next += run.count
            guard series >= 0, series < count else { continue }
            let pointers = arena.allocate(ExemplarPointer?.self, count: run.count)
            for (place, exemplar) in run.enumerated() {
                pointers.initializeElement(at: place, to: message(exemplar, isInteger: isInteger))
            }
            runs.append((series, pointers))
        }
        return runs
    }

    private mutating func message(_ exemplar: Exemplar, isInteger: Bool) -> ExemplarPointer? {
        var message = Otlp__Exemplar()
        otlp__exemplar__init(&message)
        message.time_unix_nano = exemplar.time.nanoseconds
        if isInteger, let whole = Int64(exactly: exemplar.value) {
            message.value_case = OTLP__EXEMPLAR__VALUE_AS_INT
            message.as_int = whole
        } else {
            message.value_case = OTLP__EXEMPLAR__VALUE_AS_DOUBLE
            message.as_double = exemplar.value
        }
        if exemplar.traceID.isValid {
            message.trace_id = identifier(exemplar.traceID.high, exemplar.traceID.low)
            if exemplar.spanID.isValid { message.span_id = identifier(exemplar.spanID.value) }
        }
        bound += WireBound.prefix + 2 * WireBound.fixed64
        return arena.store(message)
    }

    /// Eight bytes of each word, the most significant first.
    private mutating func identifier(_ words: UInt64...) -> ProtobufCBinaryData {
        let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
        let copy = arena.store(bytes)
        bound += WireBound.field(copy.count)
        return ProtobufCBinaryData(len: copy.count, data: copy.baseAddress)
    }
}

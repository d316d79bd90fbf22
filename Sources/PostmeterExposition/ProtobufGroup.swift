import COTLP
import PostmeterModel

/// Writes one family as a `MetricFamily` message behind its length, in as many steps as there is room for.
///
/// The length stands before the message, so all of it is measured first, one series at a time, and then written
/// the same way: neither takes memory for more than one series.
/// Source: io/prometheus/client/metrics.proto.
final class ProtobufGroup {
    private let group: ExpositionGroup
    private let context: ExpositionContext
    private let templates: [PairTemplate]
    /// Whether exponential histograms are written as native ones.
    ///
    /// Prometheus takes a whole family for what its first histogram is, so it holds for all or for none.
    private let isNative: Bool
    private let exponential: ExponentialEdges?
    private var message = MetricMessage()
    private var distinct: DistinctLabels
    /// The series that have the labels of others, by instrument.
    private var refused: [Set<Int>]
    private var exemplars: [ExemplarCursor]
    private var isMeasured = false
    /// The place of the instrument and the series that are next.
    private var place = 0
    private var next = 0

    init(_ group: ExpositionGroup, _ context: ExpositionContext) {
        self.group = group
        self.context = context
        let scopes = group.families.map(context.scopeLabels)
        let isHistogram = group.kind == .histogram
        let labelNames = scopes.map { scope in
            LabelNames(names: context.names, reserved: scope.names + (isHistogram ? ["le"] : []))
        }
        templates = group.families.indices.map { place in
            PairTemplate(
                keys: group.families[place].descriptor.labels, names: labelNames[place],
                tail: scopes[place].pairs)
        }
        isNative = group.families.allSatisfy {
            guard case .exponentials(let points) = $0.values else { return false }
            return points.allSatisfy(NativeHistogram.canShow)
        }
        exponential = ExponentialEdges(group.families)
        distinct = DistinctLabels(group, scopes: scopes, names: labelNames, warnings: context.warnings)
        refused = group.families.map { _ in [] }
        exemplars = group.families.map { ExemplarCursor(group.kind == .gauge ? [] : $0.exemplars) }
    }

    /// Appends until all is written, which is true, or `bytes` has reached `limit`.
    func write(to bytes: inout [UInt8], until limit: Int) -> Bool {
        defer { withExtendedLifetime(group) {} }
        if !isMeasured { appendHead(to: &bytes) }
        while place < group.families.count {
            while next < group.families[place].pointCount {
                guard bytes.count < limit else { return false }
                if !refused[place].contains(next) {
                    build(next, of: place)
                    append(to: &bytes)
                }
                next += 1
            }
            place += 1
            next = 0
        }
        return true
    }

    /// Appends a family with one gauge.
    static func writeGauge(
        _ name: String,
        help: String,
        labels: LabelSet,
        _ value: Double,
        to bytes: inout [UInt8]
    ) {
        var message = MetricMessage()
        message.reset()
        labels.appendPairs(to: &message.pairs)
        message.set(gauge: value)
        let size = message.packedSize()
        let head = head(name, help: help, unit: "", PROMETHEUS__METRIC_TYPE__METRIC_TYPE_GAUGE)
        var writer = ProtobufWriter()
        writer.varint(UInt64(head.count + Self.length(of: size)))
        bytes += writer.bytes
        bytes += head
        Self.append(&message, size, to: &bytes)
    }

    /// Measures the family and appends its length and all that is not its series.
    private func appendHead(to bytes: inout [UInt8]) {
        let type =
            switch group.kind {
            case .counter: PROMETHEUS__METRIC_TYPE__METRIC_TYPE_COUNTER
            case .gauge: PROMETHEUS__METRIC_TYPE__METRIC_TYPE_GAUGE
            case .histogram: PROMETHEUS__METRIC_TYPE__METRIC_TYPE_HISTOGRAM
            }
        let head = Self.head(group.name.sample, help: group.help, unit: group.name.unit, type)
        let cursors = exemplars
        var length = head.count
        for (place, family) in group.families.enumerated() {
            let isAsked = distinct.asks(place)
            for index in 0..<family.pointCount {
                if isAsked, !distinct.admit(family.identities[index], family, at: place) {
                    refused[place].insert(index)
                    continue
                }
                build(index, of: place)
                length += Self.length(of: message.packedSize())
            }
        }
        exemplars = cursors
        isMeasured = true
        var writer = ProtobufWriter()
        writer.varint(UInt64(length))
        bytes += writer.bytes
        bytes += head
    }

    /// Makes the message of a series.
    private func build(_ index: Int, of place: Int) {
        let family = group.families[place]
        message.reset()
        templates[place].write(family.identities[index], to: &message.pairs)
        let run = exemplars[place].take(index)
        let created = index < family.startTimes.count ? family.startTimes[index] : family.startTime
        switch family.values {
        case .integers(let values): set(Double(values[index]), created, run)
        case .doubles(let values): set(values[index], created, run)
        case .histograms(let counts, let sums):
            let bounds = family.descriptor.bounds
            let width = bounds.count + 1
            let histogram = message.histogram(
                bounds: bounds, counts: counts[(index * width)..<((index + 1) * width)], sum: sums[index],
                created: created,
                exemplars: ExemplarText.newest(run, bounds: bounds) { place in
                    bounds[place...].firstIndex(where: \.isFinite) ?? bounds.count
                })
            message.set(histogram: histogram)
        case .exponentials(let points):
            guard let exponential else { break }
            let newest = ExemplarText.newest(run, bounds: exponential.bounds)
            var histogram = message.histogram(
                bounds: exponential.bounds, counts: exponential.counts(of: points[index])[...],
                sum: points[index].sum, created: created, exemplars: newest)
            if isNative {
                message.add(NativeHistogram(points[index]), exemplars: newest, to: &histogram)
            }
            message.set(histogram: histogram)
        }
    }

    private func set(_ value: Double, _ created: UnixTime, _ exemplars: ArraySlice<Exemplar>) {
        guard group.kind == .counter else {
            message.set(gauge: value)
            return
        }
        let newest =
            exemplars.isEmpty
            ? nil : exemplars.filter(\.value.isFinite).max { $0.time < $1.time }
        message.set(counter: value, created: created, exemplar: newest)
    }

    private func append(to bytes: inout [UInt8]) {
        let size = message.packedSize()
        Self.append(&message, size, to: &bytes)
    }

    /// Appends a message of a size as a field `metric`.
    private static func append(_ message: inout MetricMessage, _ size: Int, to bytes: inout [UInt8]) {
        var writer = ProtobufWriter()
        writer.bytes.append(0x22)
        writer.varint(UInt64(size))
        bytes += writer.bytes
        bytes.append(addingCapacity: size) { span in
            span.withUnsafeMutableBufferPointer { buffer, written in
                guard let start = buffer.baseAddress else { return }
                message.pack(to: start)
                written = size
            }
        }
    }

    /// The bytes of a message of a size with its tag and length.
    private static func length(of size: Int) -> Int {
        1 + ProtobufWriter.varintLength(UInt64(size)) + size
    }

    private static func head(
        _ name: String,
        help: String,
        unit: String,
        _ type: Prometheus__MetricType
    ) -> [UInt8] {
        var arena = MessageArena()
        var head = Prometheus__FamilyHead()
        prometheus__family_head__init(&head)
        func data(_ text: String) -> ProtobufCBinaryData {
            let copy = arena.store(text.utf8)
            return ProtobufCBinaryData(len: copy.count, data: copy.baseAddress)
        }
        head.name = data(name)
        head.help = data(help)
        head.unit = data(unit)
        head.type = type
        let size = Int(prometheus__family_head__get_packed_size(&head))
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = Int(prometheus__family_head__pack(&head, buffer.baseAddress))
        }
    }
}

extension FamilySnapshot {
    /// The number of series that have a value.
    var pointCount: Int {
        switch values {
        case .integers(let values): min(identities.count, values.count)
        case .doubles(let values): min(identities.count, values.count)
        case .histograms(let counts, let sums):
            min(identities.count, sums.count, counts.count / (descriptor.bounds.count + 1))
        case .exponentials(let points): min(identities.count, points.count)
        }
    }
}

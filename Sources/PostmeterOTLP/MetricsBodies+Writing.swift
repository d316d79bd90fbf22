import PostmeterModel

extension MetricsBodies {
    /// The `ExportMetricsServiceRequest` of these parts.
    func bytes(of parts: [Part]) -> [UInt8] {
        let sizes = parts.map { $0.metric.size(points: $0.bytes) }
        var sections: [(scope: Int, parts: Range<Int>, content: Int)] = []
        for (place, part) in parts.enumerated() {
            let field = WireSize.field(sizes[place])
            if let last = sections.last, last.scope == part.metric.scope {
                sections[sections.count - 1].parts = last.parts.lowerBound..<(place + 1)
                sections[sections.count - 1].content += field
            } else {
                sections.append((part.metric.scope, place..<(place + 1), field))
            }
        }
        let content = sections.reduce(resource.count) {
            $0 + WireSize.field(scopes[$1.scope].size(content: $1.content))
        }
        let total = WireSize.field(content)
        return [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            var place = WirePlace(start)
            place.open(0x0a, length: content)
            place.copy(resource)
            for section in sections {
                let scope = scopes[section.scope]
                place.open(0x12, length: scope.size(content: section.content))
                place.copy(scope.head)
                for index in section.parts { write(parts[index], size: sizes[index], to: &place) }
                place.copy(scope.tail)
            }
            count = place.next - start
            assert(count == total)
        }
    }

    private func write(_ part: Part, size: Int, to place: inout WirePlace) {
        place.open(0x12, length: size)
        place.copy(part.metric.head)
        place.open(part.metric.tag, length: part.bytes + part.metric.tail.count)
        for run in part.runs { run.family.write(run.points, at: time, to: &place) }
        place.copy(part.metric.tail)
    }
}

extension FamilySnapshot {
    /// How many of these points go into `budget` bytes, and the bytes of their fields.
    func measure(
        _ points: Range<Int>, at time: UnixTime, within budget: Int, takesOne: Bool
    ) -> (count: Int, bytes: Int) {
        let first = points.lowerBound
        switch values {
        case .integers(let values):
            var messages = NumberPoints(values, of: self, at: time, from: first)
            return messages.measure(points, within: budget, takesOne: takesOne)
        case .doubles(let values):
            var messages = NumberPoints(values, of: self, at: time, from: first)
            return messages.measure(points, within: budget, takesOne: takesOne)
        case .histograms(let counts, let sums):
            var messages = HistogramPoints(counts: counts, sums: sums, of: self, at: time, from: first)
            return messages.measure(points, within: budget, takesOne: takesOne)
        case .exponentials(let values):
            var messages = ExponentialPoints(values, of: self, at: time, from: first)
            return messages.measure(points, within: budget, takesOne: takesOne)
        }
    }

    /// Writes these points as field 1.
    func write(_ points: Range<Int>, at time: UnixTime, to place: inout WirePlace) {
        let first = points.lowerBound
        switch values {
        case .integers(let values):
            var messages = NumberPoints(values, of: self, at: time, from: first)
            messages.write(points, to: &place)
        case .doubles(let values):
            var messages = NumberPoints(values, of: self, at: time, from: first)
            messages.write(points, to: &place)
        case .histograms(let counts, let sums):
            var messages = HistogramPoints(counts: counts, sums: sums, of: self, at: time, from: first)
            messages.write(points, to: &place)
        case .exponentials(let values):
            var messages = ExponentialPoints(values, of: self, at: time, from: first)
            messages.write(points, to: &place)
        }
    }
}

import PostmeterModel
import PostmeterOTLP
import Testing

/// Laws over made-up snapshots: what is read from a request is what was written.
@Suite struct RoundTripTests {
    /// A family of exponential histograms, drawn at random.
    private func exponential(_ random: inout Draw) -> FamilySnapshot {
        let count = Int(random.next(below: 40)) + 1
        func buckets() -> ExponentialPoint.Buckets {
            guard random.next(below: 4) > 0 else { return .init() }
            return .init(
                offset: Int32(truncatingIfNeeded: random.next()),
                counts: (0...random.next(below: 200)).map { _ in
                    random.next() >> (24 + random.next(below: 40))
                }
            )
        }
        let points = (0..<count).map { _ in
            ExponentialPoint(
                scale: Int32(random.next(below: 31)) - 10,
                zeroCount: random.next() >> 40,
                sum: Double(random.next() >> 12),
                positive: buckets(),
                negative: buckets()
            )
        }
        return .make(
            InstrumentDescriptor(
                name: "e", kind: .histogram, labels: ["k"], exponential: ExponentialLimits()),
            random.series(count),
            .exponentials(points),
            extremes: points.map { _ in
                Extremes(minimum: -Double(random.next()), maximum: Double(random.next()))
            },
            exemplars: random.exemplars(count)
        )
    }

    @Test func `exponential histograms come back as they were`() {
        for seed in UInt64(1)...60 {
            var random = Draw(seed: seed)
            let family = exponential(&random)
            let bytes = OTLPEncoder(resource: Resource([])).metrics(.make([family]))
            let points =
                bytes.flatMap(WireMessage.init)?.messages(1).first?.messages(2).first?.messages(2).first?
                .messages(10).first?.messages(1) ?? []
            guard case .exponentials(let expected) = family.values else { return }
            let found = points.map { point in
                let sides = [8, 9].map { field in
                    let side = point.messages(field).first
                    return ExponentialPoint.Buckets(
                        offset: side?.signed(1) ?? 0,
                        counts: side?.packedVarints(2) ?? []
                    )
                }
                return ExponentialPoint(
                    scale: point.signed(6),
                    zeroCount: point.integer(7) ?? 0,
                    sum: point.double(5) ?? .nan,
                    positive: sides[0],
                    negative: sides[1]
                )
            }
            #expect(found.map(\.positive) == expected.map(\.positive), "seed \(seed)")
            #expect(found.map(\.negative) == expected.map(\.negative), "seed \(seed)")
            #expect(found.map(\.scale) == expected.map(\.scale), "seed \(seed)")
            #expect(found.map(\.zeroCount) == expected.map(\.zeroCount), "seed \(seed)")
            #expect(points.map { $0.integer(4) ?? 0 } == expected.map(\.count), "seed \(seed)")
            let sums = expected.map { $0.negative.total > 0 ? nil : $0.sum }
            #expect(points.map { $0.double(5) } == sums, "seed \(seed)")
            #expect(points.map { $0.double(12) } == family.extremes.map(\.minimum), "seed \(seed)")
            #expect(points.map { $0.double(13) } == family.extremes.map(\.maximum), "seed \(seed)")
            let values = points.indices.map { series in
                family.exemplars.filter { $0.series == series }.map(\.value)
            }
            #expect(points.map { $0.messages(11).compactMap { $0.double(3) } } == values, "seed \(seed)")
        }
    }

    @Test func `log records and spans of many batches come back in order`() {
        for seed in UInt64(1)...40 {
            var random = Draw(seed: seed)
            var expected: [String: [[UInt8]]] = [:]
            let batches = (0..<(1 + random.next(below: 200))).map { _ in
                let scope = InstrumentationScope(name: "scope \(random.next(below: 9))")
                var records = EncodedRecords()
                for _ in 0..<random.next(below: 6) {
                    let body = [UInt8](
                        repeating: UInt8(truncatingIfNeeded: random.next()),
                        count: Int(random.next(below: 300))
                    )
                    records.append { $0 += body }
                    expected[scope.name, default: []].append(body)
                }
                return (scope: scope, records: records)
            }
            let encoder = OTLPEncoder(resource: Resource([]))
            let logs = encoder.logs(batches)
            #expect(encoder.traces(batches.map { ($0.scope, $0.records) }) == logs, "seed \(seed)")
            let scopes = logs.flatMap(WireMessage.init)?.messages(1).first?.messages(2) ?? []
            #expect(Set(scopes.map { $0.messages(1).first?.text(1) }).count == scopes.count, "seed \(seed)")
            var found: [String: [[UInt8]]] = [:]
            for scope in scopes { found[scope.messages(1).first?.text(1) ?? ""] = scope.blobs(2) }
            #expect(found == expected, "seed \(seed)")
        }
    }
}

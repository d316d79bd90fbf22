import PostmeterModel
import PostmeterOTLP
import Testing

/// Laws over made-up snapshots: many bodies say what one says.
@Suite struct SplitLawTests {
    private let encoder = OTLPEncoder(resource: Resource([Attribute("service.name", "postmeter")]))

    /// A family of any kind in one of three scopes; some differ from another in their labels alone.
    private func family(_ random: inout Draw, _ number: Int) -> FamilySnapshot {
        let count = Int(random.next(below: 60))
        let scope = InstrumentationScope(
            name: "scope \(random.next(below: 2))",
            schemaURL: random.next(below: 2) == 0 ? "" : "https://schema")
        let name = "family \(random.next(below: 6))"
        let labels = random.next(below: 2) == 0 ? ["k"] : ["k", "label \(number)"]
        let kind = random.next(below: 5)
        let starts = random.next(below: 3) == 0
        let startTimes = starts ? (0..<count).map { UnixTime(nanoseconds: UInt64($0)) } : []
        let series = random.series(count)
        let exemplars = random.next(below: 2) == 0 ? random.exemplars(count) : []
        let start = UnixTime(nanoseconds: random.next(below: 3))
        func make(_ descriptor: InstrumentDescriptor, _ values: SeriesValues, _ extremes: [Extremes] = [])
            -> FamilySnapshot
        {
            .make(
                descriptor, series, values, start: start,
                temporality: random.next(below: 2) == 0 ? .delta : .cumulative, startTimes: startTimes,
                extremes: extremes, exemplars: exemplars)
        }
        switch kind {
        case 0:
            let kinds: [InstrumentKind] = [.counter, .gauge, .upDownCounter]
            return make(
                InstrumentDescriptor(
                    name: name, kind: kinds[Int(random.next(below: 3))], labels: labels, scope: scope),
                .integers((0..<count).map { _ in Int64(truncatingIfNeeded: random.next() >> 3) }))
        case 1:
            return make(
                InstrumentDescriptor(
                    name: name, kind: .counter, number: .floating, unit: "s", description: "d",
                    labels: labels,
                    scope: scope),
                .doubles((0..<count).map { _ in Double(random.next(below: 9)) }))
        case 2, 3:
            let lists: [[Double]] = [[], [1], [-1, 0, 1, 2]]
            let bounds = lists[Int(random.next(below: 3))]
            let width = bounds.count + 1
            return make(
                InstrumentDescriptor(
                    name: name, kind: .histogram, labels: labels, bounds: bounds, scope: scope),
                .histograms(
                    counts: (0..<(count * width)).map { _ in random.next(below: 3) },
                    sums: (0..<count).map { Double($0) }),
                (0..<count).map { place in
                    place % 3 == 0 ? Extremes() : Extremes(minimum: Double(place) - 9, maximum: 50)
                })
        default:
            return make(
                InstrumentDescriptor(
                    name: name, kind: .histogram, labels: labels, scope: scope,
                    exponential: ExponentialLimits()),
                .exponentials(
                    (0..<count).map { place in
                        ExponentialPoint(
                            scale: Int32(place % 7) - 3, zeroCount: random.next(below: 2), sum: 1,
                            positive: buckets(&random), negative: buckets(&random))
                    }))
        }
    }

    private func buckets(_ random: inout Draw) -> ExponentialPoint.Buckets {
        let count = random.next(below: 40)
        guard count > 8 else { return .init() }
        return .init(
            offset: Int32(truncatingIfNeeded: random.next(below: 5)) - 2,
            counts: (0..<count).map { _ in random.next() >> random.next(below: 64) })
    }

    private func snapshot(_ random: inout Draw) -> MetricsSnapshot {
        .make((0..<random.next(below: 12)).map { family(&random, Int($0)) })
    }

    @Test func `the points of all bodies are those of the one, in its order, each within the limit`() {
        for seed in UInt64(1)...50 {
            var random = Draw(seed: seed)
            let snapshot = snapshot(&random)
            let limit = Int(random.next(below: seed % 2 == 0 ? 2_000 : 30_000))
            let bodies = Array(encoder.metricsBodies(snapshot, bodyLimit: limit))
            guard let whole = encoder.metrics(snapshot) else {
                #expect(bodies.isEmpty, "seed \(seed)")
                continue
            }
            let points = bodies.map { SentPoint.points(of: $0.bytes) }
            #expect(points.allSatisfy { $0 != nil }, "seed \(seed)")
            #expect(points.compactMap(\.self).flatMap(\.self) == SentPoint.points(of: whole), "seed \(seed)")
            for (body, points) in zip(bodies, points) {
                #expect(body.items == points?.count && body.items > 0, "seed \(seed)")
                #expect(body.bytes.count <= limit || body.items == 1, "seed \(seed)")
            }
        }
    }

    @Test func `a body with the first point of the next one would be beyond the limit`() {
        for seed in UInt64(1)...20 {
            var random = Draw(seed: seed)
            let snapshot = snapshot(&random)
            let limit = 700 + Int(random.next(below: 6_000))
            var taken = 0
            let all = encoder.metrics(snapshot).flatMap(SentPoint.points) ?? []
            for body in encoder.metricsBodies(snapshot, bodyLimit: limit) {
                taken += body.items
                guard taken < all.count else { continue }
                // What the next point takes at the least: itself, when its metric is in the body already.
                let next = all[taken].bytes.count + 2
                let same = SentPoint.points(of: body.bytes)?.last?.metric == all[taken].metric
                if same { #expect(body.bytes.count + next > limit - 8, "seed \(seed)") }
            }
            #expect(taken == all.count, "seed \(seed)")
        }
    }

    @Test func `when all goes into one body it is the body of the unlimited request`() {
        for seed in UInt64(1)...25 {
            var random = Draw(seed: seed)
            let snapshot = snapshot(&random)
            guard let whole = encoder.metrics(snapshot) else { continue }
            let exact = Array(encoder.metricsBodies(snapshot, bodyLimit: whole.count))
            #expect(exact.map(\.bytes) == [whole], "seed \(seed)")
            let less = Array(encoder.metricsBodies(snapshot, bodyLimit: whole.count - 1))
            let points = exact.first?.items ?? 0
            #expect(points == 1 || less.count > 1, "seed \(seed)")
        }
    }
}

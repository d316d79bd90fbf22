import PostmeterModel
import PostmeterOTLP
import Testing

@Suite struct MetricsEncodingTests {
    private let encoder = OTLPEncoder(resource: Resource([Attribute("service.name", "postmeter")]))
    private let start: UInt64 = 1_700_000_000_000_000_000
    private let time: UInt64 = 1_700_000_060_000_000_000

    /// The metrics of the one scope of a request.
    private func metrics(_ families: [FamilySnapshot]) -> [WireMessage] {
        guard let bytes = encoder.metrics(.make(families)), let request = WireMessage(bytes) else {
            return []
        }
        return request.messages(1).first?.messages(2).first?.messages(2) ?? []
    }

    @Test func `a counter of one series has exactly these bytes`() {
        let family = FamilySnapshot.make(
            InstrumentDescriptor(
                name: "n",
                kind: .counter,
                unit: "1",
                labels: ["k"],
                scope: InstrumentationScope(name: "s")
            ),
            [[Attribute("k", "v")]],
            .integers([7]),
            start: UnixTime(nanoseconds: 1)
        )
        let bytes = OTLPEncoder(resource: Resource([Attribute("r", "x")])).metrics(
            MetricsSnapshot(time: UnixTime(nanoseconds: 2), families: [family])
        )
        #expect(
            bytes == [
                0x0a, 0x48,  // resource_metrics
                0x0a, 0x0a, 0x0a, 0x08, 0x0a, 0x01, 0x72, 0x12, 0x03, 0x0a, 0x01, 0x78,  // resource: r=x
                0x12, 0x3a,  // scope_metrics
                0x0a, 0x03, 0x0a, 0x01, 0x73,  // scope: s
                0x12, 0x33,  // metrics
                0x0a, 0x01, 0x6e, 0x1a, 0x01, 0x31,  // name n, unit 1
                0x3a, 0x2b,  // sum
                0x0a, 0x25,  // data_points
                0x11, 1, 0, 0, 0, 0, 0, 0, 0,  // start
                0x19, 2, 0, 0, 0, 0, 0, 0, 0,  // time
                0x31, 7, 0, 0, 0, 0, 0, 0, 0,  // as_int
                0x3a, 0x08, 0x0a, 0x01, 0x6b, 0x12, 0x03, 0x0a, 0x01, 0x76,  // attributes: k=v
                0x10, 0x02, 0x18, 0x01,  // cumulative, monotonic
            ]
        )
    }

    @Test func `counters are monotonic sums, up-down counters are not, gauges have no start`() {
        let list = metrics([
            .make(
                InstrumentDescriptor(
                    name: "email.events",
                    kind: .counter,
                    unit: "{event}",
                    description: "Mail events.",
                    labels: ["email.agent", "email.event"]
                ),
                [[Attribute("email.agent", "triage"), Attribute("email.event", "sent")]],
                .integers([12])
            ),
            .make(InstrumentDescriptor(name: "pool", kind: .upDownCounter), [[]], .integers([-3])),
            .make(
                InstrumentDescriptor(name: "age", kind: .gauge, number: .floating, unit: "s"),
                [[]],
                .doubles([0.25])
            ),
            .make(InstrumentDescriptor(name: "cost", kind: .counter, number: .floating), [[]], .doubles([0])),
        ])
        #expect(list.map { $0.text(1) } == ["email.events", "pool", "age", "cost"])
        #expect(list.map { $0.text(2) } == ["Mail events.", nil, nil, nil])
        #expect(list.map { $0.text(3) } == ["{event}", nil, "s", nil])
        let sums = list.map { $0.messages(7).first }
        #expect(sums.map { $0?.integer(2) } == [2, 2, nil, 2])
        #expect(sums.map { $0?.integer(3) } == [1, nil, nil, 1])
        let points = list.map { ($0.messages(7).first ?? $0.messages(5).first)?.messages(1).first }
        #expect(points.map { $0?.integer(2) } == [start, start, nil, start])
        #expect(points.map { $0?.integer(3) } == [time, time, time, time])
        #expect(points.map { $0?.integer(6) } == [12, UInt64(bitPattern: -3), nil, nil])
        #expect(points.map { $0?.double(4) } == [nil, nil, 0.25, 0])
        #expect(points[0]?.attributes(7) == ["email.agent=triage", "email.event=sent"])
        #expect(points[1]?.numbers == [2, 3, 6])
    }

    @Test func `a histogram has count, sum, buckets and bounds`() {
        let list = metrics([
            .make(
                InstrumentDescriptor(
                    name: "d",
                    kind: .histogram,
                    unit: "s",
                    labels: ["p"],
                    bounds: [0.5, 2]
                ),
                [[Attribute("p", "resend")], [Attribute("p", "agentmail")]],
                .histograms(counts: [1, 2, 3, 0, 0, 0], sums: [9.5, 0])
            )
        ])
        let histogram = list.first?.messages(9).first
        #expect(histogram?.integer(2) == 2)
        let points = histogram?.messages(1) ?? []
        #expect(points.map { $0.attributes(9) } == [["p=resend"], ["p=agentmail"]])
        #expect(points.map { $0.integer(4) } == [6, nil])
        #expect(points.map { $0.double(5) } == [9.5, 0])
        #expect(points.map { $0.packed(6) } == [[1, 2, 3], [0, 0, 0]])
        #expect(points.map { $0.packed(7).map(Double.init(bitPattern:)) } == [[0.5, 2], [0.5, 2]])
        #expect(points.map { $0.integer(2) } == [start, start])
        #expect(points.map { $0.integer(3) } == [time, time])
    }

    @Test func `families of one scope stand together and each scope stands once`() {
        func family(_ name: String, _ scope: InstrumentationScope) -> FamilySnapshot {
            .make(InstrumentDescriptor(name: name, kind: .counter, scope: scope), [[]], .integers([1]))
        }
        let mail = InstrumentationScope(name: "postmeter.mail", version: "1.2")
        let own = InstrumentationScope(name: "postmeter")
        let bytes = encoder.metrics(.make([family("a", mail), family("b", own), family("c", mail)]))
        let resource = bytes.flatMap(WireMessage.init)?.messages(1) ?? []
        #expect(resource.count == 1)
        #expect(resource.first?.messages(1).first?.attributes(1) == ["service.name=postmeter"])
        let scopes = resource.first?.messages(2) ?? []
        #expect(scopes.map { $0.messages(1).first?.text(1) } == ["postmeter.mail", "postmeter"])
        #expect(scopes.map { $0.messages(1).first?.text(2) } == ["1.2", nil])
        #expect(scopes.map { $0.messages(2).map { $0.text(1) } } == [["a", "c"], ["b"]])
    }

    @Test func `scopes that differ in their schema or attributes are two, each with its own`() {
        let scopes = [
            InstrumentationScope(name: "s", schemaURL: "u"),
            InstrumentationScope(name: "s", attributes: [Attribute("a", "b")]),
            InstrumentationScope(name: "s"),
        ]
        let bytes = encoder.metrics(
            .make(
                scopes.map {
                    .make(InstrumentDescriptor(name: "n", kind: .counter, scope: $0), [[]], .integers([1]))
                }))
        let found = bytes.flatMap(WireMessage.init)?.messages(1).first?.messages(2) ?? []
        #expect(found.map { $0.text(3) } == ["u", nil, nil])
        #expect(found.map { $0.messages(1).first?.attributes(3) } == [[], ["a=b"], []])
    }

    @Test func `there is no empty envelope`() {
        let empty = FamilySnapshot.make(InstrumentDescriptor(name: "a", kind: .counter), [], .integers([]))
        let hollow = FamilySnapshot.make(
            InstrumentDescriptor(name: "h", kind: .histogram, bounds: [1]),
            [],
            .histograms(counts: [], sums: [])
        )
        #expect(encoder.metrics(.make([])) == nil)
        #expect(encoder.metrics(.make([empty, hollow])) == nil)
        let full = FamilySnapshot.make(
            InstrumentDescriptor(name: "b", kind: .counter, scope: InstrumentationScope(name: "other")),
            [[]],
            .integers([1])
        )
        #expect(metrics([empty, full, hollow]).map { $0.text(1) } == ["b"])
    }

    @Test func `text with a NUL in it arrives whole`() {
        let family = FamilySnapshot.make(
            InstrumentDescriptor(
                name: "a\0b",
                kind: .counter,
                description: "c\0d",
                labels: ["k"],
                scope: InstrumentationScope(name: "s\0t")
            ),
            [[Attribute("k", "x\0y")]],
            .integers([1])
        )
        let scope = encoder.metrics(.make([family])).flatMap(WireMessage.init)?.messages(1).first?.messages(2)
            .first
        #expect(scope?.messages(1).first?.text(1) == "s\0t")
        #expect(scope?.messages(2).first?.text(1) == "a\0b")
        #expect(scope?.messages(2).first?.text(2) == "c\0d")
        #expect(
            scope?.messages(2).first?.messages(7).first?.messages(1).first?.attributes(7) == ["k=x\0y"]
        )
    }

    @Test(arguments: [1, 2, 127, 128, 1_000, 20_000])
    func `every series is there once whatever their number`(count: Int) {
        let values = (0..<count).map { String(repeating: "v", count: $0 % 300) + "\($0)" }
        let series = values.map { [Attribute("k", .string($0))] }
        let list = metrics([
            .make(
                InstrumentDescriptor(name: "n", kind: .counter, labels: ["k"]),
                series,
                .integers((0..<count).map(Int64.init))
            )
        ])
        let points = list.first?.messages(7).first?.messages(1) ?? []
        #expect(points.map { $0.integer(6) } == (0..<count).map { UInt64($0) })
        #expect(points.map { $0.attributes(7) } == values.map { ["k=\($0)"] })
    }

    @Test func `values and series that do not match are cut to what both have`() {
        let series = ["a", "b"].map { [Attribute("k", .string($0))] }
        let descriptor = InstrumentDescriptor(name: "h", kind: .histogram, labels: ["k"], bounds: [1])
        let list = metrics([.make(descriptor, series, .histograms(counts: [1, 2, 3], sums: [1, 2]))])
        #expect(list.first?.messages(9).first?.messages(1).map { $0.packed(6) } == [[1, 2]])
    }
}

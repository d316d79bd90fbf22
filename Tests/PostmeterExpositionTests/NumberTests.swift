import PostmeterExposition
import PostmeterModel
import Testing

@Suite struct NumberTests {
    private func sample(_ value: Double) -> String? {
        Scrape([
            .make(InstrumentDescriptor(name: "g", kind: .gauge, number: .floating), [[]], .doubles([value]))
        ]).samples.first.map { String($0.dropFirst(2)) }
    }

    @Test(
        arguments: [
            (0, "0"), (-0.0, "-0"), (1, "1"), (-2.5, "-2.5"), (0.1, "0.1"), (1.0 / 3, "0.3333333333333333"),
            (0.0001, "0.0001"), (0.00012, "0.00012"), (0.00001, "1e-05"), (0.0000123, "1.23e-05"),
            (999_999, "999999"), (999_999.5, "999999.5"), (1_000_000, "1e+06"),
            (1_234_567.5, "1.2345675e+06"),
            (1_763_984_123, "1.763984123e+09"), (1e15, "1e+15"), (1e21, "1e+21"), (1e100, "1e+100"),
            (.leastNonzeroMagnitude, "5e-324"), (-1e-7, "-1e-07"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
        ] as [(Double, String)]
    )
    func `a double is spelled as Go spells it`(value: Double, expected: String) {
        #expect(sample(value) == expected)
    }

    @Test func `a double comes back from its text`() {
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        for _ in 0..<2_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: state)
            guard value.isFinite else { continue }
            #expect(sample(value).flatMap(Double.init) == value)
        }
    }

    @Test func `an integer of any length keeps all its digits`() {
        var values: [Int64] = [0, .max, .min, -1]
        var power: Int64 = 1
        for _ in 0..<18 {
            power *= 10
            values += [power - 1, power, power + 1, -power]
        }
        let family = FamilySnapshot.make(
            InstrumentDescriptor(name: "u", kind: .upDownCounter, labels: ["k"]),
            values.map { [Attribute("k", .string("\($0)"))] },
            .integers(values)
        )
        #expect(Scrape([family]).samples == values.map { "u{k=\"\($0)\"} \($0)" })
    }

    @Test func `bounds are canonical in OpenMetrics and short in text`() {
        let bounds = [0.001, 0.5, 1, 10, 100_000, 1_000_000]
        let family = FamilySnapshot.make(
            InstrumentDescriptor(name: "h", kind: .histogram, bounds: bounds),
            [[]],
            .histograms(counts: [UInt64](repeating: 0, count: 7), sums: [0])
        )
        func edges(_ format: ExpositionFormat) -> [String] {
            Scrape([family], as: format).samples.compactMap {
                $0.hasPrefix("h_bucket") ? String($0.split(separator: "\"")[1]) : nil
            }
        }
        #expect(edges(.text) == ["0.001", "0.5", "1", "10", "100000", "1e+06", "+Inf"])
        #expect(edges(.openMetrics) == ["0.001", "0.5", "1.0", "10.0", "100000.0", "1e+06", "+Inf"])
    }
}

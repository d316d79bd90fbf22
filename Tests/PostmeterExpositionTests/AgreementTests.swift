import PostmeterExposition
import PostmeterModel
import Testing

/// What holds for every form: the same values, whole or in pieces of any size.
@Suite struct AgreementTests {
    private static let formats = ExpositionFormat.Syntax.allCases.flatMap { syntax in
        NameEscaping.allCases.map { ExpositionFormat(syntax, escaping: $0) }
    }

    /// Families of all kinds, with values and labels of all sorts, drawn; some have one name, and some of these
    /// one type, one scope and series in common.
    private func families(_ random: inout Draw) -> [FamilySnapshot] {
        let texts = ["", "a", "say \"x\"\\\n", "größe", String(repeating: "long", count: 40), "/api/v1/x"]
        let scopes = ["", "mail", "other"]
        return (0..<12).map { number -> FamilySnapshot in
            let isShared = [1, 4, 7, 9, 10].contains(number)
            let labels = ["k", "a.b", "le", "status.code"].prefix(isShared ? 1 : 4)
                .filter { _ in random.next(below: 2) == 0 }
            let kind = [InstrumentKind.counter, .gauge, .upDownCounter, .histogram][number % 4]
            let isExponential = number % 8 == 3
            let descriptor = InstrumentDescriptor(
                name: isShared ? "shared.name" : "family.\(number)", kind: kind,
                unit: isShared ? "" : ["", "s", "By", "1", "{x}"][number % 5],
                description: texts[number % texts.count],
                labels: labels, bounds: kind == .histogram && !isExponential ? [-1, 0.5, 10] : [],
                scope: InstrumentationScope(name: scopes[number % 3]),
                exponential: isExponential ? ExponentialLimits() : nil)
            var series: Set<[Attribute]> = []
            for _ in 0..<random.next(below: 40) {
                series.insert(
                    labels.compactMap { key in
                        switch random.next(below: 6) {
                        case 0: nil
                        case 1: Attribute(key, .int(Int64(random.next(below: 900))))
                        default:
                            Attribute(
                                key,
                                .string(
                                    texts[Int(random.next(below: 5)) + 1]
                                        + "\(random.next(below: isShared ? 2 : 30))"))
                        }
                    })
            }
            let list = Array(series)
            let count = list.count
            let values: SeriesValues =
                isExponential
                ? .exponentials(
                    list.map { _ in
                        ExponentialPoint(
                            scale: Int32(random.next(below: 12)), zeroCount: random.next(below: 3), sum: 4.5,
                            positive: .init(offset: -3, counts: [1 + random.next(below: 5), 0, 2]))
                    })
                : kind == .histogram
                    ? .histograms(
                        counts: (0..<(4 * count)).map { _ in random.next(below: 100) },
                        sums: list.map { _ in Double(random.next(below: 1_000)) / 8 })
                    : number % 3 == 0
                        ? .doubles(list.map { _ in Double(random.next(below: 1 << 40)) / 1_024 })
                        : .integers(list.map { _ in Int64(random.next(below: 1 << 50)) })
            let exemplars = (0..<count).filter { _ in random.next(below: 4) == 0 }.map {
                Exemplar(
                    series: $0, bucket: 0, value: Double(random.next(below: 20)), time: UnixTime(seconds: 5),
                    traceID: TraceID(high: 1, low: 2), spanID: SpanID(3))
            }
            return .make(descriptor, list, values, exemplars: exemplars)
        }
    }

    @Test(arguments: NameTranslation.allCases)
    func `pieces of any size are the whole`(translation: NameTranslation) {
        for seed in UInt64(1)...2 {
            var random = Draw(seed: seed)
            let snapshot = MetricsSnapshot.make(families(&random))
            let encoder = ExpositionEncoder(
                resource: Resource([Attribute("service.name", "s")]),
                options: ExpositionOptions(translation: translation, includesCreated: seed % 2 == 0))
            for format in Self.formats {
                var whole: [UInt8] = []
                encoder.encode(snapshot, as: format, into: &whole)
                for size in [1, 97, 4_096, 1 << 20] {
                    var joined: [UInt8] = []
                    var largest = 0
                    encoder.encode(snapshot, as: format, piece: size) { piece in
                        joined += piece
                        largest = max(largest, piece.count)
                    }
                    #expect(joined == whole, "\(format), seed \(seed), pieces of \(size)")
                    // One series is not cut.
                    #expect(largest <= size + 16_384)
                }
            }
        }
    }

    @Test func `all forms show the same samples`() throws {
        for seed in UInt64(1)...8 {
            var random = Draw(seed: seed)
            let families = families(&random)
            func scrape(_ syntax: ExpositionFormat.Syntax) -> Scrape {
                Scrape(families, as: ExpositionFormat(syntax), options: ExpositionOptions())
            }
            let text = TextReader(scrape(.text004).text)
            #expect(text.problems == [], "seed \(seed)")
            #expect(TextReader(scrape(.text100).text).values == text.values)
            #expect(scrape(.openMetrics001).text == scrape(.openMetrics100).text)
            // OpenMetrics writes bounds otherwise, and has no sum and count beside a negative bound.
            let open = normal(TextReader(scrape(.openMetrics100).text))
            let plain = normal(text)
            #expect(Set(open.keys).isSubset(of: plain.keys))
            #expect(open.allSatisfy { plain[$0.key] == $0.value })
            #expect(
                Set(plain.keys).subtracting(open.keys).allSatisfy {
                    $0.name.hasSuffix("_sum") || $0.name.hasSuffix("_count")
                })
            let protobuf = try #require(ProtobufScrape(scrape(.protobuf).bytes))
            #expect(normal(values(protobuf)) == plain, "seed \(seed)")
        }
    }

    /// The samples with bounds as numbers.
    private func normal(_ reader: TextReader) -> [TextReader.Series: Double] { normal(reader.values) }

    private func normal(_ values: [TextReader.Series: Double]) -> [TextReader.Series: Double] {
        var result: [TextReader.Series: Double] = [:]
        for (series, value) in values {
            var labels = series.labels
            let bound = labels["le"].flatMap { Double($0.replacing("Inf", with: "inf")) }
            if let bound { labels["le"] = "\(bound)" }
            result[TextReader.Series(name: series.name, labels: labels)] = value
        }
        return result
    }

    /// What the messages say, as samples of the text form.
    private func values(_ scrape: ProtobufScrape) -> [TextReader.Series: Double] {
        var result: [TextReader.Series: Double] = [:]
        for family in scrape.families {
            for metric in family.metrics {
                let labels = Dictionary(uniqueKeysWithValues: metric.labels.map { ($0[0], $0[1]) })
                func set(_ suffix: String, _ value: Double, le: Double? = nil) {
                    var labels = labels
                    if let le { labels["le"] = "\(le)" }
                    result[TextReader.Series(name: family.name + suffix, labels: labels)] = value
                }
                if let counter = metric.counter { set("", counter.double(1)) }
                if let gauge = metric.gauge { set("", gauge.double(1)) }
                guard let histogram = metric.histogram else { continue }
                set("_count", Double(histogram.number(1)))
                set("_sum", histogram.double(2))
                for bucket in histogram.messages(3) {
                    set("_bucket", Double(bucket.number(1)), le: bucket.double(2))
                }
            }
        }
        return result
    }

    /// How many samples the text has of families that were drawn, unless a warning says that one is left out.
    private func count(_ families: [FamilySnapshot], _ warnings: [String]) -> Int {
        var lines: [[String]: Int] = [:]
        for family in families {
            let descriptor = family.descriptor
            let kind =
                switch descriptor.kind {
                case .counter: "counter"
                case .gauge, .upDownCounter: "gauge"
                case .histogram: "histogram"
                }
            let isLeftOut = warnings.contains {
                $0.hasPrefix("the \(kind) '\(descriptor.name)' is not exposed: ")
            }
            guard !isLeftOut else { continue }
            for identity in family.identities {
                let labels = "\(Array(identity.bytes))"
                lines[[kind, descriptor.name, descriptor.scope.name, labels]] = linesOfOne(family)
            }
        }
        return lines.values.reduce(0, +)
    }

    /// The samples of each series of a family: buckets at -1, 0.5, 10 and +Inf, or those of `families`, which lie
    /// between a negative power of two and 1; then sum and count.
    private func linesOfOne(_ family: FamilySnapshot) -> Int {
        switch family.values {
        case .integers, .doubles: return 1
        case .histograms: return 4 + 2
        case .exponentials(let points):
            let lowest = points.map { -3 >> Int($0.scale) }.min() ?? 0
            let zero = points.contains { $0.zeroCount > 0 } ? 1 : 0
            return zero + (1 - lowest) + 1 + 2
        }
    }

    @Test(arguments: NameTranslation.allCases)
    func `no sample is lost or twice, whatever the names are made of`(translation: NameTranslation) {
        for seed in UInt64(1)...6 {
            var random = Draw(seed: seed)
            let families = families(&random)
            for escaping in NameEscaping.allCases {
                let scrape = Scrape(
                    families, as: ExpositionFormat(.text100, escaping: escaping),
                    options: ExpositionOptions(translation: translation)
                )
                let text = TextReader(scrape.text)
                #expect(text.problems == [], "seed \(seed), \(escaping)")
                #expect(text.values.count == count(families, scrape.warnings), "seed \(seed), \(escaping)")
                #expect(text.values.count > 50)
                #expect(!scrape.warnings.isEmpty)
            }
        }
    }
}

import PostmeterExposition
import PostmeterModel
import Testing

@Suite struct LabelTests {
    /// The one sample of a counter with these attributes, without name and value.
    private func labels(_ attributes: [Attribute]) -> String? {
        let descriptor = InstrumentDescriptor(name: "n", kind: .counter, labels: attributes.map(\.key))
        let sample = Scrape([.make(descriptor, [attributes], .integers([7]))]).samples.first
        guard let sample, sample.hasPrefix("n_total{"), sample.hasSuffix("} 7") else { return sample }
        return String(sample.dropFirst("n_total{".count).dropLast("} 7".count))
    }

    @Test(
        arguments: [
            (#"say "hi""#, #"say \"hi\""#), (#"C:\dir"#, #"C:\\dir"#), ("one\ntwo", #"one\ntwo"#), ("", ""),
            ("grüße, 世界", "grüße, 世界"), ("tab\tstays", "tab\tstays"), ("\"", #"\""#),
            ("0123456789abcdef\"", #"0123456789abcdef\""#),
            ("\n0123456789abcdef0123456789abcdef", #"\n0123456789abcdef0123456789abcdef"#),
        ])
    func `a value is escaped wherever the character stands`(value: String, expected: String) {
        #expect(labels([Attribute("email.agent", .string(value))]) == #"email_agent="\#(expected)""#)
    }

    @Test func `every length of key and value gives the same text`() {
        for keyLength in 1...40 {
            for valueLength in [0, 1, 2, 7, 8, 9, 14, 15, 16, 17, 31, 32, 33, 48, 100, 125, 126, 130, 300] {
                let key = String("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz".prefix(keyLength))
                let value =
                    String(repeating: "v", count: valueLength / 2)
                    + String(repeating: "w", count: (valueLength + 1) / 2)
                let text = labels([Attribute(key, .string(value)), Attribute("zz", .string(value))])
                #expect(text == "\(key)=\"\(value)\",zz=\"\(value)\"")
            }
        }
    }

    @Test func `attributes that differ from the descriptor's keys are read as they are`() {
        let descriptor = InstrumentDescriptor(name: "n", kind: .counter, labels: ["first.key", "other.key"])
        let family = FamilySnapshot.make(
            descriptor,
            [
                [Attribute("other.key", "a"), Attribute("first.key", "b")],
                [Attribute("first.key", "a")],
                [Attribute("first.kez", "a"), Attribute("other.key", "b")],
                [Attribute("first.key", "a"), Attribute("other.key", "b"), Attribute("third", "c")],
                [Attribute("first.key", "a"), Attribute("other.key", 5)],
                [],
            ],
            .integers([1, 2, 3, 4, 5, 6])
        )
        #expect(
            Scrape([family]).samples == [
                #"n_total{other_key="a",first_key="b"} 1"#, #"n_total{first_key="a"} 2"#,
                #"n_total{first_kez="a",other_key="b"} 3"#,
                #"n_total{first_key="a",other_key="b",third="c"} 4"#,
                #"n_total{first_key="a",other_key="5"} 5"#, "n_total 6",
            ]
        )
    }

    @Test func `values that are not text are spelled as JSON`() {
        #expect(labels([Attribute("k", true)]) == #"k="true""#)
        #expect(labels([Attribute("k", -5)]) == #"k="-5""#)
        #expect(labels([Attribute("k", 2.5)]) == #"k="2.5""#)
        #expect(labels([Attribute("k", .strings(["a", "b"]))]) == #"k="[\"a\",\"b\"]""#)
        #expect(labels([Attribute("k", .ints([1, 2]))]) == #"k="[1,2]""#)
    }

    @Test func `a value that is not text is never taken for one`() {
        let values: [(AttributeValue, String)] = [
            (0, "0"), (false, "false"), (.strings(["a text in a list"]), #"[\"a text in a list\"]"#),
            (.ints([]), "[]"), (7.0, "7"), (-1, "-1"),
        ]
        for (value, expected) in values {
            #expect(labels([Attribute("email.agent", value)]) == "email_agent=\"\(expected)\"")
        }
    }

    @Test func `a key that differs in any one character from the descriptor's is seen to differ`() {
        for length in 1...60 {
            let key = [UInt8](repeating: UInt8(ascii: "k"), count: length)
            let keys = (0..<length).map { place in
                var other = key
                other[place] = UInt8(ascii: "j")
                return String(decoding: other, as: UTF8.self)
            }
            let descriptor = InstrumentDescriptor(
                name: "n",
                kind: .counter,
                labels: [String(decoding: key, as: UTF8.self)]
            )
            let series = keys.map { [Attribute($0, "a value of some length")] }
            let family = FamilySnapshot.make(descriptor, series, .integers(keys.map { _ in 1 }))
            #expect(Scrape([family]).samples == keys.map { "n_total{\($0)=\"a value of some length\"} 1" })
        }
    }

    @Test func `keys that become one label have their values joined in the order of the keys`() {
        #expect(
            labels([Attribute("a.b", "second"), Attribute("x", "1"), Attribute("a-b", "first")])
                == #"a_b="first;second",x="1""#
        )
    }

    @Test func `a histogram's own le keeps its place and an attribute of that name moves`() {
        let descriptor = InstrumentDescriptor(name: "h", kind: .histogram, labels: ["le"], bounds: [1])
        let family = FamilySnapshot.make(
            descriptor,
            [[Attribute("le", "a longer value")]],
            .histograms(counts: [1, 0], sums: [0.5])
        )
        #expect(Scrape([family]).samples.first == #"h_bucket{exported_le="a longer value",le="1"} 1"#)
    }

    /// Series with some of the labels, of text that may need care and of whole numbers.
    private func series(_ keys: [String], _ count: Int, seed: UInt64) -> [[Attribute]] {
        let alphabet = Array("abcxyz0189.-_@/ äß\"\\\n")
        var random = Draw(seed: seed)
        return (0..<count).map { _ in
            keys.compactMap { key -> Attribute? in
                switch random.next(below: 6) {
                case 0: return nil
                case 1:
                    return Attribute(key, .int(Int64(bitPattern: random.next() >> random.next(below: 64))))
                case 2:
                    return Attribute(
                        key, .string(String(repeating: "long", count: Int(random.next(below: 60)))))
                default:
                    let text = (0..<random.next(below: 40)).map { _ in alphabet[Int(random.next(below: 19))] }
                    return Attribute(key, .string(String(text)))
                }
            }
        }
    }

    @Test(arguments: [["email.organization", "to", "email.agent"], ["a", "b"], ["k"]])
    func `composing a line and reading its labels one by one write the same`(keys: [String]) {
        let series = series(keys, 3_000, seed: 88_172_645_463_325_252)
        let values = SeriesValues.integers((0..<3_000).map(Int64.init))
        let composed = InstrumentDescriptor(name: "n", kind: .counter, labels: keys)
        // With a key twice nothing can be composed.
        let read = InstrumentDescriptor(name: "n", kind: .counter, labels: keys + [keys[0]])
        let expected = Scrape([.make(read, series, values)]).samples
        let found = Scrape([.make(composed, series, values)]).samples
        // A whole number and the same digits as text are one label set, which reading shows once.
        var seen: Set<Substring> = []
        let distinct = found.filter {
            seen.insert($0.prefix(upTo: $0.lastIndex(of: " ") ?? $0.endIndex)).inserted
        }
        #expect(expected == distinct)
        #expect(found.count == 3_000)
    }

    @Test func `the labels of a histogram are composed and read to the same text`() {
        let keys = ["email.organization", "to", "email.agent"]
        let series = series(keys, 500, seed: 7)
        let values = SeriesValues.histograms(
            counts: [UInt64](repeating: 1, count: 1_000),
            sums: (0..<500).map(Double.init)
        )
        func lines(_ labels: [String], _ kind: InstrumentKind) -> [String] {
            let descriptor = InstrumentDescriptor(name: "n", kind: kind, labels: labels, bounds: [1])
            let values = kind == .histogram ? values : .integers((0..<500).map(Int64.init))
            return Scrape([.make(descriptor, series, values)]).samples
        }
        let sums = lines(keys, .histogram).filter { $0.hasPrefix("n_sum") }
        #expect(sums == lines(keys, .gauge).map { "n_sum" + $0.dropFirst() })
    }

    @Test func `whole numbers and absent labels are exposed as they are`() {
        let descriptor = InstrumentDescriptor(
            name: "n",
            kind: .counter,
            labels: ["method", "code", "path"],
            integerLabels: ["code"]
        )
        let family = FamilySnapshot.make(
            descriptor,
            [
                [Attribute("method", "GET"), Attribute("code", 200), Attribute("path", "/")],
                [Attribute("method", "GET"), Attribute("code", -9_223_372_036_854_775_808)],
                [Attribute("code", 404)], [Attribute("path", "/x")],
                [Attribute("method", "a"), Attribute("path", "b")],
            ],
            .integers([1, 2, 3, 4, 5])
        )
        #expect(
            Scrape([family]).samples == [
                #"n_total{method="GET",code="200",path="/"} 1"#,
                #"n_total{method="GET",code="-9223372036854775808"} 2"#, #"n_total{code="404"} 3"#,
                #"n_total{path="/x"} 4"#, #"n_total{method="a",path="b"} 5"#,
            ]
        )
    }
}

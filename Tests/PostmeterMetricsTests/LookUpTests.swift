import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterMetrics

@Suite
struct LookUpTests {
    /// Every form in which the same text can come: each must lead to the same series.
    static func forms(of text: String) -> [String] {
        var reserved = ""
        reserved.reserveCapacity(300)
        reserved += text
        let padded = "<" + text + ">"
        let cut = padded[padded.index(after: padded.startIndex)..<padded.index(before: padded.endIndex)]
        var grown = text + " and more than that"
        grown.removeLast(" and more than that".count)
        return [
            text, reserved, String(cut), grown, String(decoding: Array(text.utf8), as: UTF8.self),
            String(text.unicodeScalars.map(Character.init)), "\(text)", String(text.reversed().reversed()),
        ]
    }

    static let literals = [
        "", "a", "seven77", "eight888", "a literal of15b", "sixteen bytes 16", "seventeen bytes17",
        "a literal of just thirty-one b.", "a literal of just thirty-two by.",
        "a literal of just thirty-three b.",
        "a literal that is a good deal longer than forty-eight bytes in its UTF-8 form",
        "älter", "größer als 15 B", "größer als sechzehn", "📬", "📬📬📬📬", "📬📬📬📬📬📬📬📬📬",
        "nul \0 within", "quote \" and \\ and \n newline", "e\u{301}", "\u{e9}",
    ]

    /// Texts of every length from 0 to 300, which crosses each step of the comparing and of the encoding.
    static let lengths: [String] = (0...300).map { length in
        let bytes = (0..<length).map { index in UInt8(97 + (index * 7 + length) % 26) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `the layout of strings is the one that look-ups know`() {
        #expect(StringLayout.isKnown)
    }

    @Test(arguments: 1...4)
    func `a look-up finds what bind made, for every form of string`(labels: Int) {
        let registry = MetricsRegistry.fixed()
        let names = ["first", "second", "third", "fourth"].prefix(labels)
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "found", kind: .counter, labels: Array(names), seriesLimit: 10_000)
        )
        // Canonically equal texts of different bytes are different values.
        let texts = Array(Set((Self.literals + Self.lengths).map { Array($0.utf8) }))
        for bytes in texts {
            let text = String(decoding: bytes, as: UTF8.self)
            for place in 0..<labels {
                var values = [String](repeating: "x", count: labels)
                values[place] = text
                let bound = family.bind(values)
                bound.add(1)
                for form in Self.forms(of: text) {
                    values[place] = form
                    let found = Self.look(family, values)
                    #expect(found.cell == bound.cell, "\(text) as value \(place) of \(labels)")
                    found.add(1)
                }
            }
        }
        let forms = Int64(Self.forms(of: "").count)
        var expected: [[[UInt8]]: Int64] = [:]
        for bytes in texts {
            for place in 0..<labels {
                var values = [[UInt8]](repeating: Array("x".utf8), count: labels)
                values[place] = bytes
                expected[values, default: 0] += 1 + forms
            }
        }
        var found: [[[UInt8]]: Int64] = [:]
        if let snapshot = registry.family(named: "found"), case .integers(let counts) = snapshot.values {
            for (values, count) in zip(snapshot.labelValues, counts) {
                found[values.map { Array($0.utf8) }, default: 0] += count
            }
        }
        #expect(found == expected)
    }

    @Test func `a look-up that comes first makes the series`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "made", kind: .counter, labels: ["a", "b", "c"], seriesLimit: 10_000)
        )
        for (index, text) in Self.lengths.enumerated() {
            family("x", text, "y").add(UInt64(index))
        }
        let sums = registry.integers("made")
        for (index, text) in Self.lengths.enumerated() {
            #expect(sums[["x", text, "y"]] == Int64(index))
        }
    }

    @Test func `the borders between values count`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "borders", kind: .counter, labels: ["a", "b"])
        )
        let pairs = [["ab", "c"], ["a", "bc"], ["", "abc"], ["abc", ""], ["c", "ab"]]
        for (index, pair) in pairs.enumerated() {
            family(pair[0], pair[1]).add(UInt64(index + 1))
        }
        for (index, pair) in pairs.enumerated() {
            #expect(registry.integers("borders")[pair] == Int64(index + 1))
        }
    }

    @Test func `values that differ in one byte anywhere are different series`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "bytes", kind: .counter, labels: ["a", "b"], seriesLimit: 10_000)
        )
        var made = 0
        for length in [1, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 47, 48, 49, 64, 130] {
            for position in 0..<length {
                var bytes = [UInt8](repeating: UInt8(ascii: "."), count: length)
                bytes[position] = UInt8(ascii: "!")
                family("k", String(decoding: bytes, as: UTF8.self)).add(1)
                made += 1
            }
        }
        let sums = registry.integers("bytes")
        #expect(sums.count == made)
        #expect(sums.values.allSatisfy { $0 == 1 })
    }

    @Test func `families with many labels or long label names are found through bind`() {
        let registry = MetricsRegistry.fixed()
        let many: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "many", kind: .counter, labels: (0..<9).map { "label\($0)" })
        )
        let long: Family<Counter> = registry.family(
            InstrumentDescriptor(
                name: "long",
                kind: .counter,
                labels: ["a", String(repeating: "k", count: 130), "b"]
            )
        )
        for round in 0..<50 {
            many.bind((0..<9).map { "v\($0 * round % 7)" }).add(1)
            long("x", "\(round % 5)", "").add(1)
        }
        #expect(registry.integers("many").values.reduce(0, +) == 50)
        #expect(registry.integers("many").count == 7)
        #expect(
            registry.integers("long")
                == Dictionary(uniqueKeysWithValues: (0..<5).map { (["x", "\($0)", ""], 10) })
        )
    }

    @Test func `threads that make the same series at once share it`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(
                name: "shared",
                kind: .counter,
                labels: ["agent", "event"],
                seriesLimit: 10_000
            )
        )
        onThreads(4) { index in
            for step in 0..<3_000 {
                // Each thread walks the same series from another place, through all sizes of the table.
                let agent = (step * 7 + index * 751) % 3_000
                family("agent-\(agent)", agent % 2 == 0 ? "sent" : "an event of more than sixteen bytes").add(
                    1
                )
            }
        }
        let sums = registry.integers("shared")
        #expect(sums.count == 3_000)
        #expect(sums.values.allSatisfy { $0 == 4 })
        #expect(registry.statistics.series == 3_000)
    }

    private static func look(_ family: Family<Counter>, _ values: [String]) -> Counter {
        switch values.count {
        case 1: family(values[0])
        case 2: family(values[0], values[1])
        case 3: family(values[0], values[1], values[2])
        default: family(values[0], values[1], values[2], values[3])
        }
    }
}

import PostmeterModel
import Testing

@testable import PostmeterTracing

@Suite struct SpanLimitTests {
    private let tracer = Tracer(
        scope: InstrumentationScope(name: "test"),
        now: { UnixTime(nanoseconds: 1) }
    )

    @Test func `texts of every length come back as they were`() throws {
        // 15 and 16 bytes part the two forms of a string, 127 and 128 the two lengths of a length.
        let letters = "abcdefghijklmnopqrstuvwxyzäöü0123456789"
        for count in 0..<400 {
            let text = String(
                (0..<count).map { letters[letters.index(letters.startIndex, offsetBy: $0 % 39)] }
            )
            var span = tracer.startSpan("n" + text.prefix(200), at: UnixTime(nanoseconds: 1))
            span.set("k" + text, text)
            span.set("d" + text, 1.5)
            span.end()
            let body = try #require(try tracer.drained().first)
            #expect(body.attributes == [Attribute("k" + text, .string(text)), Attribute("d" + text, 1.5)])
            #expect(body.name == "n" + text.prefix(200))
        }
    }

    @Test func `integers of every length come back as they were`() throws {
        var numbers: [Int] = [0, -1, .min, .max]
        for shift in 0..<63 { numbers += [1 << shift, (1 << shift) - 1, -(1 << shift)] }
        for number in numbers {
            var span = tracer.startSpan("x")
            span.set("n", number)
            span.end()
            let body = try #require(try tracer.drained().first)
            #expect(body.attributes == [Attribute("n", .int(Int64(number)))])
        }
    }

    @Test func `what goes beyond 128 of a kind is counted`() throws {
        var span = tracer.startSpan("x")
        let link = SpanContext(traceID: TraceID(high: 1, low: 1), spanID: SpanID(1))
        for index in 0..<130 { span.set("k\(index)", true) }
        span.set("k5", false)
        for _ in 0..<200 {
            span.addEvent("e")
            span.addLink(link)
        }
        span.end()
        let body = try #require(try tracer.drained().first)
        #expect(body.attributes.count == 128)
        #expect(body.droppedAttributes == 2)
        #expect(body.attributes.last == Attribute("k5", false))
        #expect([body.events.count, body.links.count] == [128, 128])
        #expect([body.droppedEvents, body.droppedLinks] == [72, 72])
    }

    @Test(arguments: [0, 1, 2, 127, 128, 129, 300])
    func `every limit is exact`(limit: Int) throws {
        let limits = SpanLimits(
            attributes: limit, events: limit + 1, links: limit + 2, attributesPerEvent: limit,
            attributesPerLink: limit + 1)
        let tracer = Tracer(scope: InstrumentationScope(name: "test"), limits: limits)
        let link = SpanContext(traceID: TraceID(high: 1, low: 1), spanID: SpanID(1))
        var span = tracer.startSpan("x")
        let more = (0..<(limit + 3)).map { Attribute("\($0)", true) }
        span.addEvent("e", more)
        span.addLink(link, more)
        for attribute in more {
            span.set(attribute)
            span.addEvent("e")
            span.addLink(link)
        }
        span.end()
        let body = try #require(try tracer.drained().first)
        #expect(
            [body.attributes.count, body.events.count, body.links.count] == [limit, limit + 1, limit + 2])
        #expect([body.droppedAttributes, body.droppedEvents, body.droppedLinks] == [3, 3, 2])
        #expect(body.events[0].attributes.count == limit && body.events[0].dropped == 3)
        #expect(body.links[0].attributes.count == limit + 1 && body.links[0].dropped == 2)
    }

    @Test func `limits outside of their range are taken for the nearer end`() throws {
        let limits = SpanLimits(attributes: -1, valueLength: -1, events: .max, links: .min)
        let tracer = Tracer(scope: InstrumentationScope(name: "test"), limits: limits)
        var span = tracer.startSpan("x")
        span.set("a", 1)
        span.addEvent("e", [Attribute("text", "value")])
        span.addLink(SpanContext(traceID: TraceID(high: 1, low: 1), spanID: SpanID(1)))
        span.end()
        let body = try #require(try tracer.drained().first)
        #expect([body.droppedAttributes, body.droppedEvents, body.droppedLinks] == [1, 0, 1])
        #expect(body.events[0].attributes == [Attribute("text", "")])
    }

    @Test(arguments: [
        (3, "abcdef", "abc"), (3, "abc", "abc"), (4, "aéé", "aé"), (3, "€uro", "€"), (2, "€uro", ""),
        (0, "a", ""),
        (15, "sixteen bytes...", "sixteen bytes.."), (5, "a𝄞b", "a𝄞"), (4, "a𝄞b", "a"),
    ])
    func `texts are cut to so many bytes, before a character that does not fit`(
        limit: Int, text: String, kept: String
    ) throws {
        let limits = SpanLimits(valueLength: limit)
        let tracer = Tracer(scope: InstrumentationScope(name: "test"), limits: limits)
        var span = tracer.startSpan("a name is no value")
        span.set("text", text)
        span.set("a key is no value", 1_000_000)
        span.set(Attribute("list", .strings([text, text])))
        span.addEvent("an event's name is no value", [Attribute("text", .string(text))])
        span.end()
        let body = try #require(try tracer.drained().first)
        #expect(
            body.attributes == [
                Attribute("text", .string(kept)), Attribute("a key is no value", 1_000_000),
                Attribute("list", .strings([kept, kept])),
            ])
        #expect(body.events[0].attributes == [Attribute("text", .string(kept))])
        #expect(body.name == "a name is no value")
        #expect(body.events[0].name == "an event's name is no value")
    }

    @Test func `what does not fit into the slot is counted and the rest is whole`() throws {
        for length in [0, 1, 15, 16, 100, 127, 128, 500, 1_000, 1_900, 2_000, 3_000, 100_000] {
            var span = tracer.startSpan("x")
            let text = String(repeating: "v", count: length)
            for index in 0..<60 { span.set("k\(index)", text) }
            span.setStatus(.error(text))
            for _ in 0..<10 { span.addEvent(text, [Attribute("t", .string(text))]) }
            span.end()
            let body = try #require(try tracer.drained().first)
            #expect(body.attributes.count + Int(body.droppedAttributes) == 60)
            #expect(body.attributes.allSatisfy { $0.value == .string(text) })
            #expect(body.events.count + Int(body.droppedEvents) == 10)
            #expect(body.flags == 0x103)
        }
    }

    @Test func `a body never goes beyond its room`() throws {
        for step in 1...40 {
            var span = tracer.startSpan("x")
            for index in 0..<400 {
                span.set("key-of-some-length-\(index)", String(repeating: "v", count: (index * step) % 37))
                span.addEvent("e")
                span.addLink(SpanContext(traceID: TraceID(high: 1, low: 1), spanID: SpanID(1)))
            }
            span.end()
        }
        var records = EncodedRecords()
        #expect(tracer.drain(into: &records) == 40)
        for index in 0..<40 {
            let range = records.range(of: index)
            #expect(range.count <= RecordSlot.growthLimit)
            let body = try SpanBody(records.bytes[range])
            #expect(body.attributes.count + Int(body.droppedAttributes) == 400)
            #expect(body.events.count + Int(body.droppedEvents) == 400)
            #expect(body.links.count + Int(body.droppedLinks) == 400)
        }
    }

    @Test func `a long name is cut between characters`() throws {
        tracer.startSpan(String(repeating: "é", count: 300)).end()
        tracer.startSpan(String(repeating: "a", count: 255)).end()
        let bodies = try tracer.drained()
        #expect(bodies[0].name == String(repeating: "é", count: 127))
        #expect(bodies[1].name == String(repeating: "a", count: 255))
    }

    @Test func `an empty key and an invalid link are left out and counted`() throws {
        var span = tracer.startSpan("x")
        span.set("", 1)
        span.addLink(SpanContext(traceID: TraceID(high: 0, low: 0), spanID: SpanID(1)))
        span.end()
        let body = try #require(try tracer.drained().first)
        #expect(body.attributes.isEmpty)
        #expect(body.droppedAttributes == 1)
        #expect(body.links.isEmpty)
        #expect(body.droppedLinks == 1)
    }

    @Test func `attributes of an event beyond 128 are counted with it`() throws {
        var span = tracer.startSpan("x")
        span.addEvent("e", (0..<130).map { Attribute("\($0)", true) })
        span.end()
        let body = try #require(try tracer.drained().first)
        #expect(body.events.first?.attributes.count == 128)
        #expect(body.events.first?.dropped == 2)
    }

    @Test func `strings of every make are read`() throws {
        let grown = String(repeating: "ab", count: 30)
        var reserved = "short"
        reserved.reserveCapacity(100)
        let substring = String("some long text to take a part of".dropFirst(5))
        var span = tracer.startSpan("x")
        span.set("grown", grown)
        span.set("reserved", reserved)
        span.set(reserved, 1)
        span.set("short", 2)
        span.set("substring", substring)
        span.end()
        let body = try #require(try tracer.drained().first)
        #expect(
            body.attributes == [
                Attribute("grown", .string(grown)), Attribute("reserved", "short"), Attribute("short", 2),
                Attribute("substring", "long text to take a part of"),
            ]
        )
        #expect(TextView.isLayoutKnown)
    }
}

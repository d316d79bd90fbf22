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
        span.end()
        var other = tracer.startSpan("y")
        for _ in 0..<200 { other.addEvent("e") }
        other.end()
        var third = tracer.startSpan("z")
        for _ in 0..<200 { third.addLink(link) }
        third.end()
        let bodies = try tracer.drained()
        #expect(bodies[0].attributes.count == 128)
        #expect(bodies[0].droppedAttributes == 2)
        #expect(bodies[0].attributes.last == Attribute("k5", false))
        #expect(bodies[1].events.count + Int(bodies[1].droppedEvents) == 200)
        #expect(bodies[1].droppedEvents >= 72)
        #expect(bodies[2].links.count + Int(bodies[2].droppedLinks) == 200)
        #expect(bodies[2].droppedLinks >= 72)
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

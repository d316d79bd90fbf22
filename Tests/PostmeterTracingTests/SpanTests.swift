import PostmeterModel
import Testing

@testable import PostmeterTracing

@Suite struct SpanTests {
    private let scope = InstrumentationScope(name: "test")

    private func tracer(at nanoseconds: UInt64 = 1_700_000_000_000_000_000) -> Tracer {
        Tracer(scope: scope, now: { UnixTime(nanoseconds: nanoseconds) })
    }

    @Test func `a span is the message that OTLP has for it`() throws {
        let tracer = tracer()
        let context = SpanContext(
            traceID: TraceID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10),
            spanID: SpanID(0x1112_1314_1516_1718),
            flags: 3,
            state: "vendor=1"
        )
        var span = tracer.startSpan(
            "deliver",
            kind: .client,
            context: context,
            parent: SpanID(0x2122_2324_2526_2728),
            at: UnixTime(nanoseconds: 10)
        )
        span.set("email.provider", "resend")
        span.set("attempts", 3)
        span.set("share", 0.5)
        span.set("final", true)
        span.set(Attribute("tags", .strings(["a", "b"])))
        span.end(at: UnixTime(nanoseconds: 25))

        let body = try #require(try tracer.drained().first)
        #expect(body.traceID == Array(1...16))
        #expect(body.spanID == Array(0x11...0x18))
        #expect(body.parentID == Array(0x21...0x28))
        #expect(body.state == "vendor=1")
        #expect(body.name == "deliver")
        #expect(body.kind == 3)
        #expect(body.start == 10)
        #expect(body.end == 25)
        #expect(
            body.attributes == [
                Attribute("email.provider", "resend"), Attribute("attempts", 3), Attribute("share", 0.5),
                Attribute("final", true), Attribute("tags", .strings(["a", "b"])),
            ]
        )
        #expect(body.flags == 3)
        #expect(body.occurrences.filter { $0.key != 9 && $0.value != 1 }.isEmpty)
        #expect(body.occurrences[10] == nil && body.occurrences[12] == nil && body.occurrences[14] == nil)
    }

    @Test func `events and links carry their attributes`() throws {
        let tracer = tracer(at: 77)
        let other = SpanContext(
            traceID: TraceID(high: 1, low: 2),
            spanID: SpanID(3),
            flags: 1,
            state: "a=b",
            isRemote: true
        )
        var span = tracer.startSpan("process")
        span.addLink(other, [Attribute("why", "reply")])
        span.addEvent("retried", [Attribute("attempt", 2)])
        span.addEvent("later", at: UnixTime(nanoseconds: 99))
        span.end()

        let body = try #require(try tracer.drained().first)
        #expect(
            body.links == [
                SpanBody.Link(
                    traceID: [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2],
                    spanID: [0, 0, 0, 0, 0, 0, 0, 3],
                    state: "a=b",
                    attributes: [Attribute("why", "reply")],
                    flags: 0x301
                )
            ]
        )
        #expect(
            body.events == [
                SpanBody.Event(time: 77, name: "retried", attributes: [Attribute("attempt", 2)]),
                SpanBody.Event(time: 99, name: "later"),
            ]
        )
    }

    @Test func `a root begins a trace with random ids`() throws {
        let tracer = tracer()
        var contexts: [SpanContext] = []
        for _ in 0..<100 {
            let span = tracer.startSpan("receive")
            contexts.append(span.context)
            span.end()
        }
        #expect(Set(contexts.map(\.traceID)).count == 100)
        #expect(Set(contexts.map(\.spanID)).count == 100)
        #expect(contexts.allSatisfy { $0.isValid && $0.flags == 3 && !$0.isRemote })
        let bodies = try tracer.drained()
        #expect(bodies.allSatisfy { $0.parentID.isEmpty && $0.flags == 0x103 })
    }

    @Test func `a child is in the trace of its parent`() throws {
        let tracer = tracer()
        let parent = SpanContext(
            traceID: TraceID(high: 5, low: 6),
            spanID: SpanID(7),
            flags: 1,
            state: "k=v",
            isRemote: true
        )
        let span = tracer.startSpan("process", parent: parent)
        let context = span.context
        span.end()

        #expect(context.traceID == parent.traceID)
        #expect(context.spanID != parent.spanID)
        #expect(context.state == "k=v")
        #expect(context.flags == 1)
        let body = try #require(try tracer.drained().first)
        #expect(body.parentID == [0, 0, 0, 0, 0, 0, 0, 7])
        #expect(body.flags == 0x301)
        #expect(body.state == "k=v")
    }

    @Test func `an invalid parent is none`() throws {
        let tracer = tracer()
        let nobody = SpanContext(traceID: TraceID(high: 0, low: 0), spanID: SpanID(7))
        tracer.startSpan("process", parent: nobody).end()
        let body = try #require(try tracer.drained().first)
        #expect(body.parentID.isEmpty)
        #expect(body.traceID != Array(repeating: 0, count: 16))
    }

    @Test func `letting go of a span ends it`() throws {
        let tracer = tracer(at: 42)
        do {
            var span = tracer.startSpan("forgotten")
            span.set("a", 1)
        }
        let body = try #require(try tracer.drained().first)
        #expect(body.name == "forgotten")
        #expect(body.end == 42)
    }

    @Test func `no span ends before it starts`() throws {
        let tracer = tracer()
        tracer.startSpan("x", at: UnixTime(nanoseconds: 100)).end(at: UnixTime(nanoseconds: 90))
        let body = try #require(try tracer.drained().first)
        #expect(body.start == 100)
        #expect(body.end == 100)
    }

    @Test func `a later value of a key takes the place of the earlier one`() throws {
        let tracer = tracer()
        var span = tracer.startSpan("x")
        span.set("a", "one")
        span.setStatus(.error("first"))
        span.set("b", 2)
        span.set("a", "a longer value that is not kept in the words of a string")
        span.set("b", true)
        span.set(Attribute("a", .strings(["last"])))
        span.setStatus(.error("second"))
        span.end()
        let body = try #require(try tracer.drained().first)
        #expect(body.attributes == [Attribute("b", true), Attribute("a", .strings(["last"]))])
        #expect(body.statusMessage == "second")
        #expect(body.occurrences[15] == 1)
    }

    @Test func `ok is final and unset changes nothing`() throws {
        let tracer = tracer()
        var span = tracer.startSpan("x")
        span.setStatus(.error("no"))
        span.setStatus(.unset)
        span.setStatus(.ok)
        span.setStatus(.error("too late"))
        span.end()
        var failed = tracer.startSpan("y")
        failed.setStatus(.error(""))
        failed.setStatus(.unset)
        failed.end()
        let bodies = try tracer.drained()
        #expect(bodies.map(\.statusCode) == [1, 2])
        #expect(bodies.map(\.statusMessage) == ["", ""])
    }

    @Test func `an error is kept by its type and not by its text`() throws {
        struct MailboxFull: Error { let address = "someone@example.com" }
        let tracer = tracer()
        var span = tracer.startSpan("x")
        span.recordError(MailboxFull())
        span.end()
        let body = try #require(try tracer.drained().first)
        #expect(body.attributes == [Attribute("error.type", "MailboxFull")])
        #expect(body.statusCode == 2)
        #expect(body.statusMessage.isEmpty)
    }

    @Test func `the status survives what is taken out before it`() throws {
        let tracer = tracer()
        var span = tracer.startSpan("x")
        span.set("a", String(repeating: "x", count: 40))
        span.setStatus(.error("first"))
        span.set("a", 1)
        span.setStatus(.error("second"))
        span.end()
        let body = try #require(try tracer.drained().first)
        #expect(body.attributes == [Attribute("a", 1)])
        #expect(body.statusMessage == "second")
    }

    @Test func `a handle may be used from many tasks and ends once`() async throws {
        let tracer = tracer()
        let handle = SpanHandle(tracer.startSpan("shared"))
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<20 {
                group.addTask {
                    handle.update { $0.set("k\(index)", index) }
                    if index == 19 { handle.end() }
                }
            }
        }
        handle.end()
        handle.update { $0.set("late", true) }
        #expect(!handle.isRecording)
        let bodies = try tracer.drained()
        #expect(bodies.count == 1)
        #expect(bodies[0].attributes.allSatisfy { $0.key != "late" })
    }
}

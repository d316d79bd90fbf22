import Instrumentation
import PostmeterMail
import PostmeterModel
import PostmeterTracing
import Testing
import Tracing

@testable import Postmeter

@Suite struct DistributedTracerTests {
    private struct Failure: Error, CustomStringConvertible {
        let description = "no mailbox bob@example.com"
    }

    private let postmeter: Postmeter
    private var tracer: DistributedTracer { postmeter.distributedTracer }

    init() throws {
        postmeter = try Self.make()
    }

    private static func make(_ change: (inout PostmeterConfiguration) -> Void = { _ in }) throws -> Postmeter
    {
        var configuration = PostmeterConfiguration(serviceName: "triage-service")
        configuration.diagnostics = .silent
        configuration.recordsProcess = false
        change(&configuration)
        return try Postmeter(configuration: configuration)
    }

    private func drained() throws -> [DrainedSpan] {
        try DrainedSpan.drain(tracer.tracer)
    }

    private static func time(_ nanoseconds: UInt64) -> DefaultTracerClock.Timestamp {
        DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: nanoseconds)
    }

    @Test func `a span carries what it was given`() throws {
        let span = tracer.startSpan("read", context: .topLevel, ofKind: .consumer, at: Self.time(1_000))
        span.attributes["int"] = 7
        span.attributes["int32"] = Int32(8)
        span.attributes["double"] = 0.5
        span.attributes["bool"] = true
        span.attributes["text"] = "x"
        span.attributes["texts"] = ["a", "b"]
        span.attributes["ints"] = [Int64(1), 2]
        span.attributes["doubles"] = [1.5, 2.5]
        span.attributes["bools"] = [true, false]
        span.attributes.set("said", value: .stringConvertible(Failure()))
        span.addEvent(SpanEvent(name: "opened", at: Self.time(1_500), attributes: ["n": 1]))
        span.setStatus(.init(code: .error, message: "late"))
        span.end(at: Self.time(3_000))
        let read = try #require(try drained().first)
        #expect(read.name == "read")
        #expect(read.kind == 5)
        #expect(read.start == 1_000)
        #expect(read.end == 3_000)
        #expect(read.parentID == "")
        #expect(
            read.attributes == [
                Attribute("bool", true), Attribute("bools", .bools([true, false])), Attribute("double", 0.5),
                Attribute("doubles", .doubles([1.5, 2.5])), Attribute("int", 7), Attribute("int32", 8),
                Attribute("ints", .ints([1, 2])), Attribute("said", "no mailbox bob@example.com"),
                Attribute("text", "x"), Attribute("texts", .strings(["a", "b"])),
            ])
        #expect(read.events.map(\.name) == ["opened"])
        #expect(read.events.first?.time == 1_500)
        #expect(read.events.first?.attributes == [Attribute("n", 1)])
        #expect(read.statusCode == 2)
        #expect(read.statusMessage == "late")
    }

    @Test func `what is overwritten or taken back is not exported`() throws {
        let span = tracer.startSpan("read")
        span.attributes["a"] = 1
        span.attributes["a"] = 2
        span.attributes["b"] = 3
        span.attributes["b"] = nil as Int?
        span.operationName = "read mail"
        #expect(span.operationName == "read mail")
        span.end()
        let read = try #require(try drained().first)
        #expect(read.attributes == [Attribute("a", 2)])
        #expect(read.name == "read mail")
    }

    @Test func `spans nest in the task, and links name other spans`() throws {
        let other = tracer.startSpan("other")
        tracer.withSpan("outer", ofKind: .server) { outer in
            tracer.withSpan("inner") { inner in
                #expect(inner.context.spanContext?.traceID == outer.context.spanContext?.traceID)
                inner.addLink(other, attributes: ["why": "same thread"])
                inner.addLink(SpanLink(context: .topLevel, attributes: [:]))
            }
        }
        other.end()
        let spans = try drained()
        #expect(spans.map(\.name) == ["inner", "outer", "other"])
        #expect(spans[0].parentID == spans[1].spanID)
        #expect(spans[0].traceID == spans[1].traceID)
        #expect(spans[0].traceID != spans[2].traceID)
        #expect(spans[0].links.map(\.spanID) == [spans[2].spanID])
        #expect(spans[0].links.first?.attributes == [Attribute("why", "same thread")])
        #expect(spans[1].kind == 2)
    }

    @Test func `mail hooks nest under it, and it under mail hooks`() async throws {
        let agent = postmeter.agent(
            organization: "acme", account: "support", domain: "support.acme.example", agent: "triage",
            provider: .resend)
        let mail = IncomingMail(messageID: "m1")
        await tracer.withSpan("request", ofKind: .server) { request in
            await agent.withReception(of: mail) { _ in
                await tracer.withSpan("store") { _ in
                    await agent.withProcessing(step: "reply", of: mail) { _ in }
                }
            }
            #expect(CurrentSpan.context == request.context.spanContext)
        }
        let ours = try drained()
        let hooks = try DrainedSpan.drain(postmeter.tracer)
        let receive = try #require(hooks.first { $0.name == "receive" })
        let process = try #require(hooks.first { $0.name == "process reply" })
        #expect(ours.map(\.name) == ["store", "request"])
        // A mail has a trace of its own, whose spans link the request that brought it.
        #expect(receive.links.map(\.spanID) == [ours[1].spanID])
        #expect(ours[0].parentID == receive.spanID)
        #expect(process.parentID == ours[0].spanID)
        #expect(Set([ours[0], receive, process].map(\.traceID)).count == 1)
    }

    @Test func `an error is an event with its type, and without its text unless that is wanted`() throws {
        let span = tracer.startSpan("read")
        span.recordError(Failure(), attributes: ["retry": 2], at: Self.time(9))
        span.end()
        let event = try #require(try drained().first?.events.first)
        #expect(event.name == "exception")
        #expect(event.time == 9)
        let type = try #require(event.attributes.first { $0.key == "exception.type" })
        #expect("\(type.value)".contains("Failure"))
        #expect(event.attributes.contains(Attribute("retry", 2)))
        #expect(!event.attributes.contains { $0.key == "exception.message" })

        let telling = try Self.make { $0.recordsErrorMessages = true }.distributedTracer
        let told = telling.startSpan("read")
        told.recordError(Failure(), attributes: ["exception.type": "Mine"])
        told.end()
        let attributes = try #require(try DrainedSpan.drain(telling.tracer).first?.events.first?.attributes)
        #expect(
            attributes == [
                Attribute("exception.message", "no mailbox bob@example.com"),
                Attribute("exception.type", "Mine"),
            ])
    }

    @Test func `a span whose body throws has failed`() throws {
        #expect(throws: Failure.self) { try tracer.withSpan("read") { _ in throw Failure() } }
        let read = try #require(try drained().first)
        #expect(read.statusCode == 2)
        #expect(read.events.map(\.name) == ["exception"])
    }

    @Test func `nothing is kept after the end`() throws {
        let span = tracer.startSpan("read")
        #expect(span.isRecording)
        span.end(at: Self.time(2_000_000_000_000_000_000))
        #expect(!span.isRecording)
        span.attributes["a"] = 1
        span.operationName = "other"
        span.addEvent("late")
        span.end()
        let spans = try drained()
        #expect(spans.count == 1)
        #expect(spans[0].name == "read")
        #expect(spans[0].attributes.isEmpty)
        #expect(spans[0].events.isEmpty)
        #expect(spans[0].end == 2_000_000_000_000_000_000)
    }

    @Test func `a span that is let go of ends with what it was given`() throws {
        tracer.startSpan("lost").attributes["a"] = 1
        #expect(try drained().map(\.attributes) == [[Attribute("a", 1)]])
    }

    @Test func `a span that is not sampled keeps nothing and hands its context on`() throws {
        let tracer = try Self.make { $0.sampler = .alwaysOff }.distributedTracer
        let span = tracer.startSpan("read")
        span.attributes["a"] = 1
        #expect(span.attributes.isEmpty)
        #expect(!span.isRecording)
        #expect(span.context.spanContext?.isValid == true)
        #expect(span.context.spanContext?.isSampled == false)
        span.end()
        #expect(try DrainedSpan.drain(tracer.tracer).isEmpty)
    }

    @Test func `many threads may share a span`() async throws {
        let span = tracer.startSpan("shared")
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for index in 0..<20 { span.addEvent(SpanEvent(name: "\(task).\(index)")) }
                    span.end()
                }
            }
        }
        let read = try drained()
        #expect(read.count == 1)
        #expect(read[0].events.count >= 20)
    }
}

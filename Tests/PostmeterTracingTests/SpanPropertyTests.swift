import PostmeterModel
import Testing

@testable import PostmeterTracing

/// Spans made by random calls, against the plainest model of them.
@Suite struct SpanPropertyTests {
    @Test(arguments: UInt64(1)...60)
    func `whatever is called in whatever order, the body says it`(seed: UInt64) throws {
        var random = SplitMix(seed)
        let limits = Self.limits(&random)
        let tracer = Tracer(
            scope: InstrumentationScope(name: "test"), limits: limits, now: { UnixTime(seconds: 1) })
        for _ in 0..<20 {
            var model = SpanModel(limits: limits)
            var span = tracer.startSpan("start")
            for _ in 0..<Int.random(in: 0..<90, using: &random) {
                Self.call(&span, &model, &random)
            }
            span.end()
            let body = try #require(try tracer.drained().first)
            #expect(model.agrees(with: body), "seed \(seed): \(model) is not \(body)")
            #expect(body.occurrences.allSatisfy { [9, 11, 13].contains($0.key) || $0.value == 1 })
        }
    }

    private static func limits(_ random: inout SplitMix) -> SpanLimits {
        guard Bool.random(using: &random) else { return .standard }
        let lengths: [Int?] = [nil, 0, 1, 7, 15, 16, 40, 127, 128, 200]
        func count(_ random: inout SplitMix) -> Int { Int.random(in: 0..<12, using: &random) }
        return SpanLimits(
            attributes: count(&random), valueLength: lengths.randomElement(using: &random) ?? nil,
            events: count(&random), links: count(&random), attributesPerEvent: count(&random) / 3,
            attributesPerLink: count(&random) / 3)
    }

    private static func call(_ span: inout Span, _ model: inout SpanModel, _ random: inout SplitMix) {
        switch Int.random(in: 0..<14, using: &random) {
        case 0:
            let name = random.text(0...60)
            span.setName(name)
            model.name = name
        case 1:
            let statuses: [SpanStatus] = [.unset, .error(random.text(0...200)), .error("")]
            let status = statuses.randomElement(using: &random) ?? .unset
            span.setStatus(status)
            model.setStatus(status)
        case 2:
            guard Int.random(in: 0..<8, using: &random) == 0 else { return }
            span.setStatus(.ok)
            model.setStatus(.ok)
        case 3, 4:
            let (name, time, more) = (random.text(0...300), random.next(), attributes(&random))
            span.addEvent(name, at: UnixTime(nanoseconds: time), more)
            model.addEvent(name, at: time, more)
        case 5, 6:
            let context = SpanContext(
                traceID: TraceID(high: random.next(), low: random.next()),
                spanID: SpanID(random.next() >> 63 == 0 ? 0 : random.next()),
                flags: UInt8.random(in: 0..<4, using: &random),
                state: Bool.random(using: &random) ? "" : "k=" + random.text(1...40),
                isRemote: Bool.random(using: &random))
            let more = attributes(&random)
            span.addLink(context, more)
            model.addLink(context, more)
        default:
            let attribute = Attribute(
                "k\(random.next() % 150)" + (random.next() % 9 == 0 ? random.text(1...40) : ""),
                random.value())
            span.set(attribute)
            model.set(attribute)
        }
    }

    private static func attributes(_ random: inout SplitMix) -> [Attribute] {
        guard Bool.random(using: &random) else { return [] }
        return (0..<Int.random(in: 1..<6, using: &random)).map { Attribute("a\($0)", random.value()) }
    }
}

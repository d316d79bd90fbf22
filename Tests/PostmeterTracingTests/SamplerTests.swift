import PostmeterModel
import Testing

@testable import PostmeterTracing

@Suite struct SamplerTests {
    private let scope = InstrumentationScope(name: "test")

    @Test func `a ratio keeps its share of the traces`() {
        // Trace ids at even steps through the 56 bits of randomness.
        let step = (UInt64(1) << 56) / 1_000
        let ids = (0..<1_000).map { TraceID(high: 9, low: 0xab << 56 | (UInt64($0) * step + step / 2)) }
        for (ratio, kept) in [(0.0, 0), (0.25, 250), (0.5, 500), (1.0, 1_000), (-1.0, 0), (7.0, 1_000)] {
            #expect(ids.count { Sampler.traceIDRatio(ratio).samples($0) } == kept)
        }
    }

    @Test func `a larger ratio keeps every trace that a smaller one keeps`() {
        var state: UInt64 = 1
        for _ in 0..<10_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let id = TraceID(high: 1, low: state)
            if Sampler.traceIDRatio(0.1).samples(id) {
                #expect(Sampler.traceIDRatio(0.3).samples(id))
            }
        }
    }

    @Test(arguments: [
        (Sampler.alwaysOn, 0, true), (.alwaysOff, 1, false), (.parentBased(root: .alwaysOn), 0, false),
        (.parentBased(root: .alwaysOff), 1, true),
        (.parentBased(root: .parentBased(root: .alwaysOff)), 1, true),
    ])
    func `a parent is followed by those that are based on it`(sampler: Sampler, flags: UInt8, kept: Bool) {
        let tracer = Tracer(scope: scope, sampler: sampler)
        let parent = SpanContext(traceID: TraceID(high: 1, low: 1), spanID: SpanID(1), flags: flags)
        let span = tracer.startSpan("x", parent: parent)
        let (isRecording, isSampled) = (span.isRecording, span.context.isSampled)
        #expect(isRecording == kept)
        #expect(isSampled == kept)
    }

    @Test(arguments: [
        (Sampler.parentBased(root: .alwaysOff), false), (.parentBased(root: .alwaysOn), true),
        (.parentBased(root: .traceIDRatio(0)), false), (.traceIDRatio(.nan), true),
    ])
    func `a root goes by the root's sampler`(sampler: Sampler, kept: Bool) {
        let tracer = Tracer(scope: scope, sampler: sampler)
        let isRecording = tracer.startSpan("x").isRecording
        #expect(isRecording == kept)
        #expect(tracer.samples(TraceID(high: 1, low: 1)) == kept)
    }

    @Test(arguments: UInt64(1)...20)
    func `the share of random traces is within the bounds of chance`(seed: UInt64) {
        var random = SplitMix(seed)
        let ratio = Double.random(in: 0.01...0.99, using: &random)
        let count = 20_000
        let kept = (0..<count).count { _ in
            Sampler.traceIDRatio(ratio).samples(TraceID(high: random.next(), low: random.next()))
        }
        // Six standard deviations of a binomial: a fair sampler misses them once in 500 million seeds.
        let deviation = (Double(count) * ratio * (1 - ratio)).squareRoot()
        #expect(abs(Double(kept) - Double(count) * ratio) <= 6 * deviation, "seed \(seed), ratio \(ratio)")
    }
}

import COTLP
import PostmeterModel

extension MetricMessage {
    /// A histogram with these buckets; `counts` are not cumulative, and one more than the bounds.
    ///
    /// A bound that is not finite is not shown: the bucket above all bounds stands for it. `exemplars` are those
    /// of buckets that are shown, in their order.
    mutating func histogram(
        bounds: [Double],
        counts: ArraySlice<UInt64>,
        sum: Double,
        created: UnixTime,
        exemplars: [(bucket: Int, exemplar: Exemplar)]
    ) -> Prometheus__Histogram {
        var histogram = Prometheus__Histogram()
        prometheus__histogram__init(&histogram)
        var buckets: [UnsafeMutablePointer<Prometheus__Bucket>?] = []
        buckets.reserveCapacity(bounds.count + 1)
        var cumulative: UInt64 = 0
        var next = 0
        for (place, count) in counts.enumerated() {
            cumulative &+= count
            let bound = place < bounds.count ? bounds[place] : .infinity
            guard bound.isFinite || place == bounds.count else { continue }
            var bucket = Prometheus__Bucket()
            prometheus__bucket__init(&bucket)
            bucket.cumulative_count = cumulative
            bucket.upper_bound = bound
            if next < exemplars.count, exemplars[next].bucket == place {
                bucket.exemplar = exemplar(exemplars[next].exemplar)
                next += 1
            }
            buckets.append(arena.store(bucket))
        }
        histogram.sample_count = cumulative
        histogram.sample_sum = sum
        histogram.created_timestamp = timestamp(created)
        histogram.n_bucket = buckets.count
        histogram.bucket = arena.store(buckets).baseAddress
        return histogram
    }

    /// Adds the buckets of a native histogram to what a histogram has.
    ///
    /// Prometheus takes the exemplars of a native histogram from a list of its own or, before version 2.48, from
    /// the other buckets, so they are in both.
    mutating func add(
        _ native: NativeHistogram,
        exemplars: [(bucket: Int, exemplar: Exemplar)],
        to histogram: inout Prometheus__Histogram
    ) {
        histogram.schema = native.schema
        histogram.zero_threshold = NativeHistogram.zeroThreshold
        histogram.zero_count = native.zeroCount
        let positive = spans(native.positive)
        histogram.n_positive_span = positive.count
        histogram.positive_span = positive.baseAddress
        histogram.n_positive_delta = native.positive.deltas.count
        histogram.positive_delta = arena.store(native.positive.deltas).baseAddress
        let negative = spans(native.negative)
        histogram.n_negative_span = negative.count
        histogram.negative_span = negative.baseAddress
        histogram.n_negative_delta = native.negative.deltas.count
        histogram.negative_delta = arena.store(native.negative.deltas).baseAddress
        let dated = exemplars.map(\.exemplar).filter { $0.time.nanoseconds > 0 }.sorted { $0.time < $1.time }
        var messages: [UnsafeMutablePointer<Prometheus__Exemplar>?] = []
        for one in dated { messages.append(exemplar(one)) }
        histogram.n_exemplars = messages.count
        histogram.exemplars = arena.store(messages).baseAddress
    }

    private mutating func spans(
        _ buckets: NativeHistogram.Buckets
    ) -> UnsafeMutableBufferPointer<UnsafeMutablePointer<Prometheus__BucketSpan>?> {
        var messages: [UnsafeMutablePointer<Prometheus__BucketSpan>?] = []
        for span in buckets.spans {
            var message = Prometheus__BucketSpan()
            prometheus__bucket_span__init(&message)
            message.offset = span.offset
            message.length = span.length
            messages.append(arena.store(message))
        }
        return arena.store(messages)
    }
}

import COTLP
import PostmeterModel

/// The buckets of one sign of the present exponential point, in memory that those of the next one use again.
struct BucketsMessage: ~Copyable {
    /// The message, or nil when there are no buckets.
    private(set) var message: UnsafeMutablePointer<Otlp__ExponentialHistogramDataPoint__Buckets>?

    private let place: UnsafeMutablePointer<Otlp__ExponentialHistogramDataPoint__Buckets>
    private var counts: UnsafeMutablePointer<UInt64>
    private var capacity = 0

    init() {
        place = .allocate(capacity: 1)
        otlp__exponential_histogram_data_point__buckets__init(place)
        counts = .allocate(capacity: 0)
    }

    deinit {
        place.deallocate()
        counts.deallocate()
    }

    /// Makes these buckets the present ones and returns the bytes of their field.
    mutating func load(_ buckets: ExponentialPoint.Buckets) -> Int {
        guard !buckets.counts.isEmpty else {
            message = nil
            return 0
        }
        let count = buckets.counts.count
        if count > capacity {
            counts.deallocate()
            counts = .allocate(capacity: count)
            capacity = count
        }
        var varints = 0
        for (bucket, value) in buckets.counts.enumerated() {
            (counts + bucket).initialize(to: value)
            varints += ProtobufWriter.varintLength(value)
        }
        place.pointee.offset = buckets.offset
        place.pointee.n_bucket_counts = count
        place.pointee.bucket_counts = counts
        message = place
        return WireSize.field(WireSize.signed(buckets.offset) + WireSize.field(varints))
    }
}

import Glibc

/// Percentiles of durations to within 5 %, in fixed room.
struct LatencySketch: Sendable {
    /// Buckets grow by the sixteenth root of 2, from 1 microsecond to about an hour.
    private static let bucketsPerDoubling = 16.0
    private var counts: [Int] = Array(repeating: 0, count: 512)
    private var total = 0

    mutating func note(_ nanoseconds: Int64) {
        let microseconds = max(1, Double(nanoseconds) / 1_000)
        let bucket = Int(log2(microseconds) * Self.bucketsPerDoubling)
        counts[min(bucket, counts.count - 1)] += 1
        total += 1
    }

    /// The duration that a share of all does not exceed, in milliseconds; 0 when there is none.
    func milliseconds(at share: Double) -> Double {
        var rest = Int((Double(total) * share).rounded(.up))
        guard rest > 0 else { return 0 }
        for (bucket, count) in counts.enumerated() {
            rest -= count
            if rest <= 0 { return exp2((Double(bucket) + 0.5) / Self.bucketsPerDoubling) / 1_000 }
        }
        return 0
    }
}

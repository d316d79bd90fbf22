/// What came of one run of the load generator.
struct LoadResult: Sendable {
    /// Answers of status 200.
    var accepted = 0
    /// Answers of any other status, and connections that were lost.
    var refused = 0
    /// From the first request to the last answer, in nanoseconds.
    var nanoseconds: UInt64 = 0
    /// From sending to the whole answer, one a request, in nanoseconds.
    var latencies: [UInt32] = []

    var acceptedPerSecond: Double {
        Double(accepted) / (Double(nanoseconds) / 1e9)
    }

    /// The latency that this share of the answers does not pass, in milliseconds.
    func latency(_ share: Double) -> Double {
        let sorted = latencies.sorted()
        guard !sorted.isEmpty else { return .nan }
        return Double(sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]) / 1e6
    }
}

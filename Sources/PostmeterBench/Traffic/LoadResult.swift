/// What came of one run of the load generator.
struct LoadResult: Sendable {
    /// Answers of status 200.
    var accepted = 0
    /// Answers of any other status.
    var refused = 0
    /// Requests whose connection was lost.
    var lost = 0
    /// From the first request to the last answer, in nanoseconds.
    var nanoseconds: UInt64 = 0
    /// From sending to the whole answer, one a request, in nanoseconds.
    var latencies: [UInt32] = []

    /// Whether every request was accepted.
    var isClean: Bool { accepted > 0 && refused == 0 && lost == 0 }

    /// What came of it, in words.
    var summary: String {
        let seconds = NumberFormat.figure(Double(nanoseconds) / 1e9)
        return "\(accepted) accepted, \(refused) refused and \(lost) lost in \(seconds) s"
    }

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

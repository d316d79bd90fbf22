import PostmeterModel
import PostmeterOTLP

/// Until requests are split: one body.
struct OTLPBody: Sendable {
    let bytes: [UInt8]
    let items: Int
}

struct MetricsBodies: Sendable {
    var body: OTLPBody?
    mutating func next() -> OTLPBody? {
        defer { body = nil }
        return body
    }
}

extension OTLPEncoder {
    func metricsBodies(_ snapshot: MetricsSnapshot, bodyLimit: Int) -> MetricsBodies {
        let items = snapshot.families.reduce(0) { $0 + $1.identities.count }
        return MetricsBodies(body: metrics(snapshot).map { OTLPBody(bytes: $0, items: items) })
    }
}

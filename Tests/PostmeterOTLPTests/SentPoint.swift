/// A data point as a receiver finds it: its bytes and everything that stands around it.
struct SentPoint: Equatable {
    /// Resource, scope, metric without its points, and the kind of data, as text.
    let metric: String
    let bytes: [UInt8]

    /// The points of a request, in order; nil when it is damaged or has an envelope without points.
    static func points(of request: [UInt8]) -> [SentPoint]? {
        guard let request = WireMessage(request), request.numbers == [1] else { return nil }
        var points: [SentPoint] = []
        for resource in request.messages(1) {
            guard !resource.blobs(2).isEmpty, resource.messages(2).count == resource.blobs(2).count else {
                return nil
            }
            for scope in resource.messages(2) {
                guard !scope.blobs(2).isEmpty else { return nil }
                let around = "\(resource.blobs(1)) \(scope.blobs(1)) \(scope.blobs(3))"
                for metric in scope.messages(2) {
                    guard let found = Self.points(of: metric) else { return nil }
                    points += found.map { SentPoint(metric: "\(around) \($0.metric)", bytes: $0.bytes) }
                }
            }
        }
        return points
    }

    private static func points(of metric: WireMessage) -> [SentPoint]? {
        let kinds = [5, 7, 9, 10].filter { !metric.blobs($0).isEmpty }
        guard kinds.count == 1, let kind = kinds.first, let data = metric.messages(kind).first,
            !data.blobs(1).isEmpty, data.messages(1).count == data.blobs(1).count
        else { return nil }
        let text = [1, 2, 3].map { metric.text($0) ?? "" }
        let rest = [2, 3].map { data.integer($0) ?? 0 }
        return data.blobs(1).map { SentPoint(metric: "\(text) \(kind) \(rest)", bytes: $0) }
    }
}

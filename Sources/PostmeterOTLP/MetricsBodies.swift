import PostmeterModel

/// The bodies that the series of a snapshot are sent in, each made when it is asked for.
///
/// What is in memory at a time is the snapshot and one body, of exactly its size. All bodies together hold
/// every point once, in the order of the snapshot; each repeats the resource, and what it needs of scopes and
/// metrics. A body is as full as whole points allow; a point that is larger than the limit has one of its own.
///
/// The points are packed by protobuf-c, one at a time, straight to where they stay. The lengths of the
/// messages around them are worked out before, since protobuf-c finds a length by writing the message and moving
/// it up, which would move each point four times.
package struct MetricsBodies: Sequence, IteratorProtocol, Sendable {
    /// Points of one family that stand in a body.
    struct Run {
        let family: FamilySnapshot
        let points: Range<Int>
    }

    /// A metric, or the part of one that stands in a body.
    struct Part {
        let metric: MetricFrame
        var runs: [Run] = []
        /// The bytes of the points' fields.
        var bytes = 0
    }

    /// Beyond any memory.
    private static let unlimited = 1 << 48

    let time: UnixTime
    let resource: [UInt8]
    let scopes: [ScopeFrame]
    private let metrics: [MetricFrame]
    private let limit: Int
    /// The next point: the place of its metric, of its family therein, and its own therein.
    private var metric = 0
    private var family = 0
    private var point = 0

    /// - Parameter resource: The body of the `Resource` message.
    init(_ snapshot: MetricsSnapshot, resource: [UInt8], limit: Int) {
        time = snapshot.time
        self.resource = ResourceFrame.head(resource)
        self.limit = Swift.min(Swift.max(limit, 0), Self.unlimited)
        let groups = MetricGroup.groups(of: snapshot.families)
        scopes = groups.map { ScopeFrame($0.scope) }
        metrics = groups.enumerated().flatMap { scope, group in
            group.metrics.compactMap { metric in
                metric.families.first.map { MetricFrame(metric, of: $0, scope: scope) }
            }
        }
    }

    /// The next body, or nil when every point has been in one.
    package mutating func next() -> OTLPBody? {
        let parts = take()
        guard !parts.isEmpty else { return nil }
        return OTLPBody(
            bytes: bytes(of: parts),
            items: parts.reduce(0) { $0 + $1.runs.reduce(0) { $0 + $1.points.count } })
    }

    /// Takes as many points as go into a body, and at least one while there are some.
    private mutating func take() -> [Part] {
        var parts: [Part] = []
        var size = BodySize(resource: resource.count)
        while metric < metrics.count {
            let frame = metrics[metric]
            var trial = size
            trial.enter(frame.scope, scopes[frame.scope])
            let part = take(frame, within: trial.room(for: frame, limit: limit), takesOne: parts.isEmpty)
            guard !part.runs.isEmpty else { break }
            parts.append(part)
            guard family == frame.families.count else { break }
            trial.add(frame.size(points: part.bytes))
            size = trial
            metric += 1
            family = 0
        }
        return parts
    }

    /// Takes points of a metric as long as their fields have room.
    private mutating func take(_ frame: MetricFrame, within room: Int, takesOne: Bool) -> Part {
        var part = Part(metric: frame)
        while family < frame.families.count {
            let next = frame.families[family]
            let count = next.pointCount
            let taken = next.measure(
                point..<count, at: time, within: room - part.bytes,
                takesOne: takesOne && part.runs.isEmpty)
            if taken.count > 0 {
                part.runs.append(Run(family: next, points: point..<(point + taken.count)))
                part.bytes += taken.bytes
                point += taken.count
            }
            guard point == count else { break }
            family += 1
            point = 0
        }
        return part
    }
}

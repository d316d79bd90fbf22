/// How large a body becomes as metrics are put into it.
struct BodySize {
    /// The bytes of the resource and of the scopes that are full.
    private var full: Int
    /// The bytes of the scope that metrics are being put into, and which one that is.
    private var scope = 0
    private var place: Int?

    /// The size of a body with nothing but a resource of `resource` bytes.
    init(resource: Int) {
        full = resource
    }

    /// Goes on to a scope, unless it is the present one.
    mutating func enter(_ place: Int, _ frame: ScopeFrame) {
        guard place != self.place else { return }
        if self.place != nil { full += WireSize.field(scope) }
        self.place = place
        scope = frame.size(content: 0)
    }

    /// Adds a metric of `metric` bytes to the present scope.
    mutating func add(_ metric: Int) {
        scope += WireSize.field(metric)
    }

    /// The most bytes of points with which a further metric keeps the body within `limit`; negative when it
    /// does not even without any.
    func room(for metric: MetricFrame, limit: Int) -> Int {
        func total(_ points: Int) -> Int {
            WireSize.field(full + WireSize.field(scope + WireSize.field(metric.size(points: points))))
        }
        var room = limit - total(0)
        guard room > 0 else { return room }
        // Lengths take more bytes the larger they are, by some steps only.
        while room > 0, total(room) > limit { room -= total(room) - limit }
        while total(room + 1) <= limit { room += 1 }
        return room
    }
}

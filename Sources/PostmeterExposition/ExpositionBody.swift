import PostmeterModel

/// The body of one answer to a scrape, written piece by piece: what is asked for next, and nothing ahead of it.
///
/// The memory that it takes does not grow with the number of series, save where two instruments of one name have
/// to be told apart. Bodies share nothing that changes, so any number of them may be written at once.
package struct ExpositionBody {
    /// The bytes that a piece has unless another size is asked for.
    package static let pieceBytes = 64 * 1_024

    private let target: [Attribute]
    private let context: ExpositionContext
    private let groups: [ExpositionGroup]
    private var place = 0
    /// The group that is being written: one of these two.
    private var text: TextGroup?
    private var protobuf: ProtobufGroup?
    private var hasTarget = false
    private var isEnded = false

    init(_ snapshot: MetricsSnapshot, target: [Attribute], context: ExpositionContext) {
        self.target = target
        self.context = context
        var plan = ExpositionPlan(names: context.names, warnings: context.warnings)
        if !target.isEmpty { plan.reserve(["target", "target_info"], for: "target_info") }
        for family in snapshot.families { plan.add(family) }
        groups = plan.groups
    }

    /// Appends the next piece: until `bytes` has grown by `limit` or a sample more, or all is written.
    ///
    /// Returns whether there is more.
    package mutating func next(into bytes: inout [UInt8], limit: Int = pieceBytes) -> Bool {
        guard !isEnded else { return false }
        let (sum, isTooLarge) = bytes.count.addingReportingOverflow(limit)
        let end = isTooLarge ? Int.max : sum
        if !hasTarget {
            hasTarget = true
            if !target.isEmpty { TargetInfo(target, context).write(to: &bytes) }
        }
        while place < groups.count {
            guard bytes.count < end, writeGroup(to: &bytes, until: end) else { return true }
            place += 1
        }
        if context.format.isOpenMetrics { bytes += "# EOF\n".utf8 }
        isEnded = true
        return false
    }

    private mutating func writeGroup(to bytes: inout [UInt8], until end: Int) -> Bool {
        if text == nil, protobuf == nil {
            if context.format.syntax == .protobuf {
                protobuf = ProtobufGroup(groups[place], context)
            } else {
                text = TextGroup(groups[place], context)
            }
        }
        let isDone = text?.write(to: &bytes, until: end) ?? protobuf?.write(to: &bytes, until: end) ?? true
        if isDone {
            text = nil
            protobuf = nil
        }
        return isDone
    }
}

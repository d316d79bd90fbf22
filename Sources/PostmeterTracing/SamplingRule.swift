import PostmeterModel

/// A sampler, worked out once so that a decision is one comparison.
struct SamplingRule: Sendable {
    /// Whether a parent's decision is followed.
    let followsParent: Bool
    /// Traces whose randomness is below are not recorded; `1 << 56` is above all of them.
    private let rejected: UInt64

    init(_ sampler: Sampler) {
        switch sampler {
        case .alwaysOn: self.init(followsParent: false, share: 1)
        case .alwaysOff: self.init(followsParent: false, share: 0)
        case .traceIDRatio(let share): self.init(followsParent: false, share: share)
        case .parentBased(let root):
            let rule = SamplingRule(root)
            self.init(followsParent: true, rejected: rule.rejected)
        }
    }

    private init(followsParent: Bool, share: Double) {
        let all = Double(UInt64(1) << 56)
        let kept = share.isNaN ? 1 : min(max(share, 0), 1)
        self.init(followsParent: followsParent, rejected: UInt64((all * (1 - kept)).rounded()))
    }

    private init(followsParent: Bool, rejected: UInt64) {
        self.followsParent = followsParent
        self.rejected = rejected
    }

    @inline(__always)
    func samples(_ traceID: TraceID) -> Bool {
        traceID.low & 0x00ff_ffff_ffff_ffff >= rejected
    }
}

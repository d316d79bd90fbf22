import PostmeterModel

extension InstrumentDescriptor {
    /// Makes of the exponential limits what the kind can use, and returns what had to be changed for that.
    ///
    /// To be called when kind and bounds are those of the family.
    mutating func fitExponential() -> [String] {
        guard let limits = exponential else { return [] }
        guard kind == .histogram else {
            exponential = nil
            return ["is a \(kind.rawValue), which has no exponential buckets"]
        }
        var faults: [String] = []
        // The limits' properties can be set to anything.
        exponential = ExponentialLimits(maxSize: limits.maxSize, maxScale: limits.maxScale)
        if exponential != limits {
            faults.append("has exponential limits out of range; using \(exponential ?? limits)")
        }
        if !bounds.isEmpty {
            bounds = []
            faults.append("has bounds and exponential buckets, which hold")
        }
        if isDurable {
            isDurable = false
            faults.append("has exponential buckets, which do not outlive the process")
        }
        return faults
    }
}

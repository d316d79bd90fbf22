/// One line of the table.
struct Row: Sendable {
    /// `subject/what`, as the JSON lines have it.
    var name: String
    /// What was measured, for the reader.
    var what: String
    var unit: String
    /// The figure that counts: the median of all runs.
    var median: Double
    /// The best run; nil where there was one run.
    var best: Double?
    /// nil for figures that only explain others.
    var goal: Goal?
    /// The best peer with its recorded figure; empty where none is known.
    var peer = ""
    /// The share of the machine that other processes took meanwhile; nil when the time was too short to tell.
    var foreign: Double?
    /// How often an operation asked for memory; nil where that was not counted.
    var allocations: Double?

    /// Whether the goal is met; nil without one.
    var isMet: Bool? {
        goal.map { $0.isMet(by: median) }
    }
}

extension Row {
    /// A row of samples of time: `scale` turns nanoseconds an operation into `unit`.
    init(
        _ name: String, _ what: String, _ samples: Samples, unit: String = "ns", scale: Double = 1,
        goal: Goal? = nil, peer: String = ""
    ) {
        self.init(
            name: name, what: what, unit: unit, median: samples.median * scale, best: samples.least * scale,
            goal: goal, peer: peer, foreign: samples.foreign, allocations: samples.allocations)
    }
}

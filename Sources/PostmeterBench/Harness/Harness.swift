internal import CMeasurement
internal import CPrimitives

/// Runs something many times over and keeps the time of each run.
struct Harness: Sendable {
    /// Whether a tenth of the time must do.
    let isQuick: Bool
    /// Where files go.
    let scratch: ScratchFolder

    /// More runs say no more.
    private static let mostRuns = 20_000

    /// How long the runs of one measurement take together, in nanoseconds.
    private var budget: UInt64 { isQuick ? 100_000_000 : 1_000_000_000 }

    /// A number of things, or a tenth of it.
    func scaled(_ count: Int) -> Int {
        isQuick ? max(1, count / 10) : count
    }

    /// Measures `body`, which does `operations` of the same; samples are nanoseconds an operation.
    ///
    /// - Parameters:
    ///   - operations: How many one run does; enough for a run to take far longer than a look at the clock.
    ///   - prepare: Called before each run, outside of what is measured.
    ///   - body: One run; three of them warm up, and the last of those is the one whose allocations are counted.
    func measure(
        operations: Int, prepare: () -> Void = {}, _ body: (_ operations: Int) throws -> Void
    ) rethrows -> Samples {
        for _ in 0..<2 {
            prepare()
            try body(operations)
        }
        prepare()
        let before = pm_allocations_mine()
        try body(operations)
        let made = Double(pm_allocations_mine() - before) / Double(operations)
        var values: [Double] = []
        values.reserveCapacity(Self.mostRuns)
        var spent: UInt64 = 0
        let load = MachineLoad()
        while (spent < budget || values.count < 5) && values.count < Self.mostRuns {
            prepare()
            let start = pm_clock_monotonic()
            try body(operations)
            let time = pm_clock_monotonic() - start
            spent += time
            values.append(Double(time) / Double(operations))
        }
        return Samples(
            values, foreign: load.foreignShare(),
            allocations: pm_allocations_are_counted() ? made : nil)
    }

    /// Takes samples one by one: `sample` measures itself.
    func collect(runs: Int, _ sample: () async throws -> Double) async rethrows -> Samples {
        var values: [Double] = []
        let load = MachineLoad()
        for _ in 0..<scaled(runs) {
            values.append(try await sample())
        }
        return Samples(values, foreign: load.foreignShare())
    }
}

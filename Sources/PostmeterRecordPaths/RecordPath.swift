/// One way to record something, to be run many times.
struct RecordPath {
    /// How many operations a batch does: fewer than the tracer has room for.
    static let operations = 1_000

    /// The name of the function in ``Loops`` or ``Counterexamples`` that does it.
    let name: String
    /// Called before each batch, and not counted.
    let prepare: () -> Void
    /// What batches run within; not counted.
    let scope: (() -> Void) -> Void
    /// A batch of so many operations.
    let run: (Int) -> Void

    init(
        _ name: String, prepare: @escaping () -> Void = {},
        within scope: @escaping (() -> Void) -> Void = { $0() }, _ run: @escaping (Int) -> Void
    ) {
        self.name = name
        self.prepare = prepare
        self.scope = scope
        self.run = run
    }

    /// All of them.
    static var all: [RecordPath] {
        counters + gauges + histograms + lookUps + exemplars + spans + logs
    }
}

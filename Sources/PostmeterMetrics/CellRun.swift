/// Cells side by side in one chunk, which belong to consecutive series of one family.
struct CellRun: Sendable {
    /// The first cell of the first series.
    let first: UInt32
    /// How many series have, or will have, their cells here.
    let series: Int
}

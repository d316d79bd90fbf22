internal import Glibc

/// The table on standard output: each row is printed as soon as it is known.
struct Table {
    private static let widths = (what: 80, figure: 10, unit: 10, allocations: 8, goal: 12, met: 7, peer: 74)

    /// Prints the head.
    func begin(_ machine: Machine, isQuick: Bool) {
        print("Postmeter benchmarks on \(machine.summary)")
        print("Ours are the median and the least of many short runs; a goal is held against the median.")
        print("'alloc' is how often an operation asks for memory, by an allocator that counts.")
        print("Peers' figures were recorded on another day, on a quiet 2-core machine of the same kind.")
        if isQuick { print("--quick: a tenth of the time, so the figures are rough.") }
        print("")
        line("what", "median", "min", "unit", "alloc", "goal", "", "best peer (recorded)", "others' CPU")
        print(String(repeating: "-", count: 229))
        fflush(nil)
    }

    /// Prints a row.
    func add(_ row: Row) {
        let goal = row.goal.map { goal in
            let limit = NumberFormat.limit(goal.limit)
            return if case .atMost = goal { "<= \(limit)" } else { ">= \(limit)" }
        }
        line(
            row.what, NumberFormat.figure(row.median), row.best.map(NumberFormat.figure) ?? "", row.unit,
            row.allocations.map(NumberFormat.figure) ?? "", goal ?? "",
            row.isMet.map { $0 ? "met" : "MISSED" } ?? "", row.peer,
            row.foreign.map { "\(Int(($0 * 100).rounded())) %" } ?? "?")
        fflush(nil)
    }

    /// Prints that a trial gave no figure.
    func addFailure(of name: String, _ problem: String) {
        print("FAILED  \(name): \(problem)")
        fflush(nil)
    }

    /// Prints the end.
    func end(missed: Int, json: String) {
        print("")
        print(missed == 0 ? "Every goal is met." : "\(missed) missed.")
        print("The same as JSON lines: \(json)")
    }

    private func line(
        _ what: String, _ median: String, _ best: String, _ unit: String, _ allocations: String,
        _ goal: String,
        _ met: String, _ peer: String, _ foreign: String
    ) {
        let widths = Self.widths
        let text =
            padded(what, widths.what) + padded(median, -widths.figure) + padded(best, -widths.figure) + "  "
            + padded(unit, widths.unit) + padded(allocations, widths.allocations) + padded(goal, widths.goal)
            + padded(met, widths.met) + "  "
            + padded(peer, widths.peer) + foreign
        print(text)
    }

    /// The text filled up to a width: on the right, or on the left when the width is negative.
    private func padded(_ text: String, _ width: Int) -> String {
        let gap = String(repeating: " ", count: max(1, abs(width) - text.count))
        return width < 0 ? gap + text : text + gap
    }
}

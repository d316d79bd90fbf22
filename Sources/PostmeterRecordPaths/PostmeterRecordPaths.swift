internal import CMeasurement
internal import Glibc

/// Runs the record paths and nothing else, for tools that count what they do: Tests/RecordPaths.
@main
struct PostmeterRecordPaths {
    static func main() {
        pm_ticks_assume_steady()
        let arguments = CommandLine.arguments
        switch arguments.count {
        case 3 where arguments[1] == "run":
            guard let batches = Int(arguments[2]), batches > 0 else { fallthrough }
            run(batches)
        case 2 where arguments[1] == "allocations":
            printAllocations()
        default:
            print("usage: PostmeterRecordPaths run BATCHES | allocations")
            exit(64)
        }
    }

    /// Runs each path once to warm up, and then so many times.
    private static func run(_ batches: Int) {
        for path in RecordPath.all + RecordPath.counterexamples {
            for _ in 0..<(1 + batches) {
                path.prepare()
                path.run(RecordPath.operations)
            }
        }
    }

    /// Prints for each path its name, how many operations it did, and how many allocations they made.
    private static func printAllocations() {
        guard pm_allocations_are_counted() else {
            print("allocations are not counted in this build")
            exit(69)
        }
        for path in RecordPath.all + RecordPath.counterexamples {
            path.prepare()
            path.run(RecordPath.operations)
            path.prepare()
            let before = pm_allocations_mine()
            path.run(RecordPath.operations)
            let made = pm_allocations_mine() - before
            print(path.name, RecordPath.operations, made)
        }
    }
}

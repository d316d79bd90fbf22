internal import CMeasurement
internal import Glibc

/// Runs the record paths and nothing else, for tools that count what they do: Tests/RecordPaths.
@main
struct PostmeterRecordPaths {
    static func main() {
        pm_ticks_assume_steady()
        let arguments = CommandLine.arguments
        switch (arguments.count, arguments.dropFirst().first) {
        case (2, "list"): for path in paths { print(path.name) }
        case (2, "allocations"): printAllocations()
        case (4, "run"): run(arguments[2], arguments[3])
        default: refuse("usage: PostmeterRecordPaths list | allocations | run PATH BATCHES")
        }
    }

    private static var paths: [RecordPath] { RecordPath.all + RecordPath.counterexamples }

    /// Runs a path once to warm up, and then so many batches.
    private static func run(_ name: String, _ batches: String) {
        guard let path = paths.first(where: { $0.name == name }), let count = Int(batches), count >= 0 else {
            refuse("there is no path '\(name)', or '\(batches)' is no number")
        }
        path.scope {
            for _ in 0..<(1 + count) {
                path.prepare()
                path.run(RecordPath.operations)
            }
        }
    }

    private static func refuse(_ problem: String) -> Never {
        print(problem)
        exit(64)
    }

    /// Prints for each path its name, how many operations it did, and how many allocations they made.
    private static func printAllocations() {
        guard pm_allocations_are_counted() else {
            print("allocations are not counted in this build")
            exit(69)
        }
        for path in paths {
            path.scope {
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
}

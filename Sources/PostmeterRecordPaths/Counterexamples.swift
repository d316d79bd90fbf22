internal import Synchronization

/// What no record path may do, so that the checks are seen to find it.
enum Counterexamples {
    /// Something to count references to.
    final class Box {
        let number: Int
        init(_ number: Int) { self.number = number }
    }

    /// A value that many threads share.
    final class Shared: Sendable {
        let number = Atomic<Int>(0)
    }

    @inline(never)
    static func lockedAdd(_ shared: Shared, _ count: Int) {
        for _ in 0..<count { shared.number.wrappingAdd(1, ordering: .relaxed) }
    }

    @inline(never)
    static func allocation(_ place: inout Box, _ count: Int) {
        for number in 0..<count { place = Box(number) }
    }

    @inline(never)
    static func retain(_ from: [Box], _ place: inout Box, _ count: Int) {
        for number in 0..<count { place = from[number & 1] }
    }
}

extension RecordPath {
    /// The counterexamples as paths.
    static var counterexamples: [RecordPath] {
        let shared = Counterexamples.Shared()
        let boxes = [Counterexamples.Box(1), Counterexamples.Box(2)]
        return [
            RecordPath("lockedAdd") { Counterexamples.lockedAdd(shared, $0) },
            RecordPath("allocation") { count in
                var place = boxes[0]
                Counterexamples.allocation(&place, count)
            },
            RecordPath("retain") { count in
                var place = boxes[0]
                Counterexamples.retain(boxes, &place, count)
            },
        ]
    }
}

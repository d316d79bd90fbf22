import CPrimitives
import PostmeterModel
import Testing

@testable import PostmeterMetrics

/// Values whose hashes are the same, which takes keys that nobody outside can choose: what tells them apart is
/// the comparing alone.
@Suite
struct CollisionTests {
    private static let a: UInt64 = 0x6161_6161_6161_6161
    private static let b: UInt64 = 0x6262_6262_6262_6262

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let firstKey: UInt64
        let secondKey: UInt64
        let values: [String]
    }

    private static func numbers(_ count: Int) -> [String] {
        (0..<40).map { number in
            let digits = String(number)
            return digits + String(repeating: "-", count: count - digits.count)
        }
    }

    // A value's hash is low * high + last low * last high, each factor with a key and a length mixed in: with a
    // key equal to a factor, that product does not depend on the other one.
    static let cases = [
        Case(
            testDescription: "short values that differ behind their eighth byte",
            firstKey: a,
            secondKey: 1,
            values: numbers(7).map { "aaaaaaaa" + $0 }
        ),
        Case(
            testDescription: "longer values that differ between their first and last eight bytes",
            firstKey: a,
            secondKey: 1,
            values: numbers(8).map { "aaaaaaaa" + $0 + "aaaaaaaa" }
        ),
        Case(
            testDescription: "values that differ in their first eight bytes",
            firstKey: 1,
            secondKey: b,
            values: numbers(8).map { $0 + "bbbbbbbb" + "the end." }
        ),
        Case(
            testDescription: "values that differ in their last eight bytes",
            firstKey: 1,
            secondKey: b ^ 24,
            values: numbers(8).map { "at first" + "bbbbbbbb" + $0 }
        ),
        Case(
            testDescription: "short values that differ in their first eight bytes",
            firstKey: 1,
            secondKey: 0x0f62_6262_6262_6262,
            values: numbers(8).map { $0 + "bbbbbbb" }
        ),
        Case(
            testDescription: "values that differ between their second and last eight bytes",
            firstKey: a,
            secondKey: 1,
            values: numbers(8).map { "aaaaaaaabbbbbbbb" + $0 + "aaaaaaaa" }
        ),
        Case(
            testDescription: "values that differ in their middle",
            firstKey: a,
            secondKey: 1,
            values: numbers(8).map { "aaaaaaaabbbbbbbb" + $0 + "bbbbbbbbaaaaaaaa" }
        ),
    ]

    @Test(arguments: cases)
    func `values with one hash are told apart`(collision: Case) {
        let registry = MetricsRegistry.fixed()
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "collide", kind: .counter, labels: ["a"])
        )
        family.storage.core.pointee.keys.0 = collision.firstKey
        family.storage.core.pointee.keys.1 = collision.secondKey
        for _ in 0..<2 {
            for (index, value) in collision.values.enumerated() { family(value).add(UInt64(index)) }
        }
        let sums = registry.integers("collide")
        #expect(sums.count == collision.values.count)
        for (index, value) in collision.values.enumerated() { #expect(sums[[value]] == Int64(2 * index)) }
    }
}

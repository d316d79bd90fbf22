import PostmeterTracing

/// The header `baggage`, as it came and after it was changed.
enum BaggageFuzz {
    static let target = FuzzTarget("baggage", run)

    @Sendable private static func run(_ input: [UInt8]) throws {
        var input = FuzzInput(input)
        var baggage = Baggage.parse(input.line() ?? "")
        try check(baggage)
        // What stands behind the header is a list of changes: a name takes its member away, `name=value` sets it.
        while let change = input.line() {
            let sides = change.split(separator: "=", maxSplits: 1).map(String.init)
            guard let key = sides.first else { continue }
            let before = baggage
            if sides.count == 2 {
                let isSet = baggage.set(key, sides[1])
                try require(
                    isSet ? baggage[key].map { Array($0.utf8) } == Array(sides[1].utf8) : baggage == before,
                    "setting \(change.debugDescription) gives \(baggage.header)"
                )
            } else {
                baggage[key] = nil
                try require(baggage[key] == nil, "\(key) is still there: \(baggage.header)")
                try require(
                    before[key] != nil || baggage == before, "removing nothing gives \(baggage.header)")
            }
            try check(baggage)
        }
    }

    private static func check(_ baggage: Baggage) throws {
        let header = baggage.header
        try require(
            header.utf8.allSatisfy { (0x21...0x7e).contains($0) }, "\(header.debugDescription) is sent")
        try require(
            header.utf8.count <= Baggage.byteLimit && baggage.members.count <= Baggage.memberLimit,
            "\(baggage.members.count) members in \(header.utf8.count) bytes"
        )
        try require(header.isEmpty == baggage.isEmpty, "a baggage of \(baggage.members.count) is \(header)")
        let again = Baggage.parse(header)
        try require(again == baggage, "\(header) becomes \(again.header)")
        try require(bytes(again) == bytes(baggage), "\(header) reads as other bytes")
    }

    /// Texts by their bytes: equal ones may differ in how their characters are composed.
    private static func bytes(_ baggage: Baggage) -> [[UInt8]] {
        baggage.members.flatMap { member in
            [Array(member.key.utf8), Array(member.value.utf8)]
                + member.properties.flatMap { [Array($0.key.utf8), Array(($0.value ?? "\0").utf8)] }
        }
    }
}

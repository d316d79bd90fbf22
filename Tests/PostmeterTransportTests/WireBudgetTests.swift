import Testing

@testable import PostmeterTransport

@Suite struct WireBudgetTests {
    private var budget = WireBudget(headLimit: 10)

    /// Reads some bytes, out of which the decoder makes something or nothing.
    private mutating func read(
        _ bytes: Int,
        _ decode: (inout WireBudget) -> Void = { _ in }
    ) -> (beginsHead: Bool, excess: WireBudget.Excess?) {
        let beginsHead = budget.beginRead()
        decode(&budget)
        return (beginsHead, budget.endRead(bytes: bytes))
    }

    private func expect(
        _ result: (beginsHead: Bool, excess: WireBudget.Excess?),
        beginsHead: Bool = false,
        _ excess: WireBudget.Excess?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(result.beginsHead == beginsHead, sourceLocation: sourceLocation)
        #expect(result.excess == excess, sourceLocation: sourceLocation)
    }

    @Test mutating func `a head may take so many bytes until the decoder sees its end`() {
        expect(read(6), beginsHead: true, nil)
        expect(read(4), nil)
        expect(read(1), .head)
    }

    @Test mutating func `the read in which the decoder gets on is not charged`() {
        expect(read(10), beginsHead: true, nil)
        expect(read(1_000) { $0.headEnded() }, nil)
        expect(read(1_000) { $0.messageEnded() }, nil)
        expect(
            read(1_000) {
                $0.headEnded(); $0.messageEnded()
            },
            beginsHead: true,
            nil
        )
        expect(read(10), beginsHead: true, nil)
        expect(read(1), .head)
    }

    @Test mutating func `a body may take twice its limit and 16 KiB`() {
        expect(
            read(1) {
                $0.headEnded(); $0.boundBody(to: 100)
            },
            beginsHead: true,
            nil
        )
        expect(read(16_584), nil)
        expect(read(1), .body)
    }

    @Test mutating func `a body without a bound may take any number of bytes`() {
        expect(read(1) { $0.headEnded() }, beginsHead: true, nil)
        expect(read(1 << 40), nil)
    }

    @Test mutating func `the bound of one body is not that of the next`() {
        expect(
            read(1) {
                $0.headEnded(); $0.boundBody(to: 0); $0.messageEnded()
            },
            beginsHead: true,
            nil
        )
        expect(read(1) { $0.headEnded() }, beginsHead: true, nil)
        expect(read(1 << 40), nil)
    }

    @Test mutating func `lingering has a limit of its own and does not end`() {
        budget.linger(upTo: 5)
        expect(read(5) { $0.messageEnded() }, nil)
        expect(read(1) { $0.headEnded() }, .linger)
        #expect(budget.isLingering)
    }
}

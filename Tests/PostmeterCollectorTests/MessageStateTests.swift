import Testing

@testable import PostmeterCollector

@Suite struct MessageStateTests {
    @Test func `flags and time do not touch one another`() {
        var state = MessageState()
        state.time = 1_795_000_000_123_456_789
        state.hasRoot = true
        state.isEarlyBounce = true
        #expect(state.time == 1_795_000_000_123_456_000)
        #expect(state.hasRoot && state.isEarlyBounce)
        #expect(!state.hasSent && !state.hasDeliver && !state.hasEarlyOutcome)
        state.time = 5_000
        state.hasRoot = false
        state.hasDeliver = true
        #expect(state.time == 5_000)
        #expect(!state.hasRoot && state.hasDeliver && state.isEarlyBounce)
        #expect(MessageState(word: state.word) == state)
    }
}

import Testing

@testable import PostmeterCollector

@Suite struct FingerprintLogTests {
    func log(limit: Int = 100, lifetime: UInt64 = 1_000) -> FingerprintLog {
        FingerprintLog(name: .messages, limit: limit, lifetime: lifetime, generationSize: 4)
    }

    @Test func `a key is new once`() {
        var log = log()
        let isNew1 = log.set(0, for: 7, at: 1)
        #expect(isNew1)
        let isNew2 = log.set(0, for: 7, at: 2)
        #expect(!isNew2)
    }

    @Test func `what a checkpoint takes restores the same memory`() {
        var log = log()
        for key in 1...10 as ClosedRange<UInt64> { _ = log.set(key * 2, for: key, at: key) }
        _ = log.set(99, for: 3, at: 11)
        var restored = self.log()
        for batch in log.pending { restored.restore(batch) }
        #expect(restored.count == 10)
        for key in 1...10 as ClosedRange<UInt64> { #expect(restored[key] == (key == 3 ? 99 : key * 2)) }
        // Both go on alike.
        #expect(restored.expired(at: 5_000) == log.expired(at: 5_000))
    }

    @Test func `a generation is forgotten when its last entry is too old`() {
        var log = log(lifetime: 100)
        for key in 1...5 as ClosedRange<UInt64> { _ = log.set(0, for: key, at: key) }
        #expect(log.expired(at: 104) == nil)
        #expect(log.expired(at: 105) == 1)
        let saved = log.pending
        log.didSave()
        log.forget(generation: 1, batches: saved.filter { $0.generation == 1 })
        #expect(log[1] == nil)
        #expect(log[4] == nil)
        #expect(log[5] == 0)
        #expect(log.expired(at: 100_000) == nil)
    }

    @Test func `a key that changed later outlives the generation it began in`() {
        var log = log(lifetime: 100)
        for key in 1...4 as ClosedRange<UInt64> { _ = log.set(0, for: key, at: key) }
        _ = log.set(5, for: 2, at: 90)
        log.forget(generation: 1, batches: [])
        #expect(log[1] == nil)
        #expect(log[2] == 5)
    }

    @Test func `past the limit the oldest goes`() {
        var log = log(limit: 8)
        for key in 1...8 as ClosedRange<UInt64> { _ = log.set(0, for: key, at: 1) }
        #expect(log.expired(at: 1) == nil)
        _ = log.set(0, for: 9, at: 1)
        #expect(log.expired(at: 1) == 1)
    }
}

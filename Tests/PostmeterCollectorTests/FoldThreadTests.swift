import PostmeterJournal
import PostmeterMail
import PostmeterMetrics
import Synchronization
import Testing

@testable import PostmeterCollector

@Suite struct FoldThreadTests {
    /// Folds on this thread as a collector does that is asked to end before it begins.
    func fold(_ fixture: FoldFixture, until deadline: UInt64) throws -> FoldThread {
        let rooms = RunningCollector.Rooms(
            registry: fixture.registry, tracer: fixture.tracer, hooks: fixture.hooks,
            health: CollectorHealth(registry: fixture.registry))
        let identity = try CollectorIdentity(store: fixture.store, now: 5)
        let parts = try RunningCollector.load(
            fixture.store, rooms, identity: identity, warn: { _ in })
        let thread = FoldThread(
            journal: fixture.journal, from: parts.checkpoint.sequence, health: rooms.health, onRestored: {},
            onCaughtUp: {}, warn: { _ in })
        thread.stop(by: deadline)
        thread.run(FoldStart(parts, store: fixture.store))
        return thread
    }

    @Test func `a fold that is out of time leaves the rest to the next one`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try FoldFixture(folder: folder)
            try await fixture.journalFleet()
            for number in 1...20 {
                try await fixture.journal(id: "\(number)", ResendBody.outbound("sent", message: "m\(number)"))
            }
            let late = try fold(fixture, until: 0)
            #expect(late.position.load(ordering: .relaxed) == 1)
            let lateCaughtUp = late.hasCaughtUp.load(ordering: .relaxed)
            #expect(!lateCaughtUp)
            #expect(fixture.events == [])
            let next = try fold(fixture, until: .max)
            #expect(next.position.load(ordering: .relaxed) == 22)
            let nextCaughtUp = next.hasCaughtUp.load(ordering: .relaxed)
            #expect(nextCaughtUp)
            #expect(fixture.events == ["triage sent 20"])
            #expect(try fixture.store.load { _, _ in }.sequence == 22)
        }
    }
}

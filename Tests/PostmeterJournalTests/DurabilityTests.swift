import Glibc
import PostmeterJournal
import Testing

@Suite struct DurabilityTests {
    @Test func `nobody hears of a record before the sync of its group has returned`() async throws {
        let directory = TestDirectory()
        let disk = TestDisk()
        let journal = try Journal.small(directory, disk: disk) { $0.byteLimit = 64 << 20 }
        journal.setGroupEnd { disk.note("group end") }
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for number in 0..<100 {
                        _ = await withCheckedContinuation { continuation in
                            journal.append(kind: 1, payload(task * 1_000 + number)) { answer in
                                disk.note("answered")
                                continuation.resume(returning: answer)
                            }
                        }
                    }
                }
            }
        }
        journal.close()
        var isSynced = false
        var (groups, answers) = (0, 0)
        for event in disk.events {
            switch event {
            case .write(let path, _) where path.hasSuffix(".seg"): isSynced = false
            case .sync(let path) where path.hasSuffix(".seg"): isSynced = true
            case .note("answered"):
                #expect(isSynced)
                answers += 1
            case .note("group end"): groups += 1
            default: continue
            }
        }
        #expect(answers == 400)
        #expect(groups > 0 && groups <= 400)
    }

    @Test func `records that arrive during a sync are one group: one write and one sync`() async throws {
        let directory = TestDirectory()
        let gate = Gate()
        let disk = TestDisk(beforeSync: { _ in gate.pass() })
        let journal = try Journal.small(directory, disk: disk)
        gate.isShut = true
        async let first = journal.append(payload(0))
        await gate.arrival()
        for number in 1...20 { journal.append(kind: 1, payload(number), onDurable: { _ in }) }
        async let last = journal.append(payload(21))
        while journal.statistics.pendingBytes < 22 * 48 { await Task.yield() }
        gate.isShut = false
        #expect(try await first.get().sequence == 1)
        #expect(try await last.get().sequence == 22)
        journal.close()
        let calls = disk.events.filter { event in
            switch event {
            case .write(let path, let bytes): path.hasSuffix(".seg") && bytes != 1_024
            case .sync(let path): path.hasSuffix(".seg")
            case .note, .writeParts: false
            }
        }
        // The first record, then all the others.
        #expect(calls.count == 4)
    }

    @Test func `a reader sees a record only when its sync has returned`() async throws {
        let directory = TestDirectory()
        let gate = Gate()
        let journal = try Journal.small(directory, disk: TestDisk(beforeSync: { _ in gate.pass() }))
        _ = try await journal.append(payload(1)).get()
        let reader = journal.makeReader(from: 1)
        #expect(try reader.rest().count == 1)
        gate.isShut = true
        async let answer = journal.append(payload(2))
        await gate.arrival()
        #expect(try reader.next() == nil)
        #expect(journal.durableEnd == 2)
        gate.isShut = false
        _ = try await answer.get()
        #expect(try reader.rest().map(\.payload) == [payload(2)])
        journal.close()
    }

    @Test func `what was answered outlives a power cut at any group`() async throws {
        for groups in 1...12 {
            let directory = TestDirectory()
            let disk = TestDisk(holdsWrites: true)
            let journal = try Journal.small(directory, disk: disk)
            try await journal.appendAll((0..<groups).map { payload($0, length: 300) })
            // The next write never reaches its sync.
            disk.fail(.init(call: .fdatasync, path: ".seg", code: EIO, times: .max))
            #expect(await journal.append(payload(99)) == .failure(.failing))
            journal.close()
            let again = try Journal.small(directory)
            #expect(try again.records().map(\.payload) == (0..<groups).map { payload($0, length: 300) })
            #expect(again.statistics.tornTails == 0)
            again.close()
        }
    }

    @Test(arguments: 0..<6)
    func `what was answered outlives a power cut at any sync, whatever else reached the disk`(seed: UInt64)
        async throws
    {
        let directory = TestDirectory()
        let cuts = PowerCuts(of: directory, seed: seed)
        let journal = try Journal.small(directory, disk: cuts.disk)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<3 {
                group.addTask {
                    for number in 0..<40 {
                        _ = await withCheckedContinuation { continuation in
                            journal.append(kind: 1, payload(number, length: 40 * (task + 1))) { answer in
                                cuts.count(answer)
                                continuation.resume(returning: answer)
                            }
                        }
                    }
                }
            }
        }
        let all = try journal.records()
        journal.close()
        #expect(all.count == 120)
        for (disk, answered) in cuts.taken {
            let again = try Journal.small(disk)
            let reader = again.makeReader(from: 1)
            let records = try reader.rest()
            #expect(Array(records.prefix(answered)) == Array(all.prefix(answered)))
            #expect(records.allSatisfy { all.contains($0) })
            let next = try await again.append([1]).get().sequence
            #expect(next > answered && next > records.last?.sequence ?? 0)
            again.close()
        }
        #expect(cuts.taken.count >= 40)
    }

    @Test func `what a last run wrote is synced before readers see it`() async throws {
        let directory = TestDirectory()
        let journal = try Journal.small(directory)
        try await journal.appendAll([payload(1)])
        journal.close()
        let disk = TestDisk()
        let again = try Journal.small(directory, disk: disk)
        #expect(
            disk.events.contains { if case .sync(let path) = $0 { path.hasSuffix(".seg") } else { false } }
        )
        again.close()
    }
}

/// A place in the disk's sync where a test can hold the writer.
final class Gate: Sendable {
    private struct State {
        var isShut = false
        var hasArrived = false
    }

    private let state = Locked(State())

    var isShut: Bool {
        get { state.withLock { $0.isShut } }
        set { state.withLock { $0 = State(isShut: newValue) } }
    }

    func pass() {
        while state.withLock({ state in
            state.hasArrived = state.isShut
            return state.isShut
        }) { sched_yield() }
    }

    /// Returns once the writer stands at the gate.
    func arrival() async {
        while !state.withLock({ $0.hasArrived }) { await Task.yield() }
    }
}

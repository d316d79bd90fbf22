import PostmeterJournal
import Synchronization

/// What a test keeps of a record after the reader has gone on.
struct Kept: Hashable, Sendable {
    var sequence: UInt64
    var kind: UInt8
    var payload: [UInt8]
}

/// A clock that a test sets.
final class TestClock: Sendable {
    private let value: Atomic<UInt64>

    init(_ start: UInt64 = 1_000) {
        value = Atomic(start)
    }

    var now: UInt64 {
        get { value.load(ordering: .relaxed) }
        set { value.store(newValue, ordering: .relaxed) }
    }
}

/// What an observer heard.
final class Heard: Sendable {
    private let values = Locked<[JournalDamage]>([])

    var damage: [JournalDamage] { values.withLock { $0 } }

    var observer: JournalObserver {
        JournalObserver(onDamage: { damage in self.values.withLock { $0.append(damage) } })
    }
}

extension Journal {
    /// A journal of small segments, whose disk does not sync for real.
    static func small(
        _ directory: TestDirectory,
        disk: TestDisk = TestDisk(),
        clock: TestClock = TestClock(),
        heard: Heard = Heard(),
        change: (inout Configuration) -> Void = { _ in }
    ) throws -> Journal {
        var configuration = Configuration(directory: directory.path)
        configuration.segmentBytes = 4_096
        configuration.recordBytesLimit = 512
        configuration.byteLimit = 1 << 20
        configuration.retryNanoseconds = 1_000_000
        change(&configuration)
        return try Journal.open(
            configuration,
            now: { clock.now },
            observer: heard.observer,
            fileSystem: disk.fileSystem
        )
    }

    /// Appends and waits for the answer.
    func append(_ payload: [UInt8], kind: UInt8 = 1) async -> Result<JournalPosition, JournalError> {
        await withCheckedContinuation { continuation in
            append(kind: kind, payload) { continuation.resume(returning: $0) }
        }
    }

    /// Appends until the journal takes it: for a disk that has just healed.
    func appendInTheEnd(_ payload: [UInt8]) async throws -> JournalPosition {
        while true {
            switch await append(payload) {
            case .success(let position): return position
            case .failure(.failing): _ = wait(beyond: durableEnd, upTo: 1_000_000)
            case .failure(let error): throw error
            }
        }
    }

    /// Appends payloads in turn and waits until all are durable.
    func appendAll(_ payloads: [[UInt8]]) async throws {
        for payload in payloads { _ = try await append(payload).get() }
    }

    /// All records from `sequence` on.
    func records(from sequence: UInt64 = 0) throws -> [Kept] {
        try makeReader(from: sequence).rest()
    }
}

extension JournalReader {
    /// All records up to the durable end.
    func rest() throws -> [Kept] {
        var records: [Kept] = []
        while let record = try next() {
            records.append(Kept(sequence: record.sequence, kind: record.kind, payload: Array(record.payload)))
        }
        return records
    }
}

/// A payload that tells its number, `length` bytes long or as long as that takes.
func payload(_ number: Int, length: Int = 0) -> [UInt8] {
    let text = Array("record \(number) ".utf8)
    return text + (text.count..<max(text.count, length)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
}

internal import CPrimitives
internal import PostmeterJournal

/// The journal by itself, beside what the disk does without it.
struct JournalBenchmark: Benchmark {
    private static let groupRecords = 512

    var trials: [Trial] {
        [
            Trial(name: "journal/append") { try [append($0)] },
            Trial(name: "journal/disk") { try [disk($0)] },
        ]
    }

    /// One thread appends a batch, waits until it is on disk, and appends the next.
    private func append(_ harness: Harness) throws -> Row {
        let path = try harness.scratch.folder("append")
        defer { harness.scratch.remove(path) }
        var configuration = Journal.Configuration(directory: path)
        configuration.retainBytes = 0
        let journal = try Journal.open(configuration, now: { pm_clock_realtime() })
        defer { journal.close() }
        let payload = [UInt8](repeating: 0x61, count: 1_024)
        let samples = try harness.measure(operations: Self.groupRecords) { count in
            let end = journal.durableEnd
            for _ in 0..<count { journal.append(kind: 1, payload) { _ in } }
            guard journal.wait(beyond: end + UInt64(count) - 1, upTo: 10_000_000_000) else {
                throw BenchmarkError(
                    "records did not get to the disk within ten seconds: \(journal.statistics)")
            }
            journal.release(before: journal.durableEnd)
        }
        return Row(
            name: "journal/append", what: "journal, 1 KiB records, durable, 512 at a time", unit: "records/s",
            median: 1e9 / samples.median, best: 1e9 / samples.least,
            peer: "80k SQLite rows, 512 a transaction (prototype)", foreign: samples.foreign)
    }

    private func disk(_ harness: Harness) throws -> Row {
        let samples = try DiskBaseline.measure(harness, syncs: harness.scaled(1_000))
        return Row(
            "journal/disk", "raw pwrite of 17 KiB + fdatasync, this disk", samples, unit: "us", scale: 1e-3)
    }
}

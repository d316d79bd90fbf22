import PostmeterModel
import PostmeterTracing
import PostmeterTransport
import Testing

@testable import PostmeterExport

/// A process that records and pushes log records, its spool, and its receivers; it can be killed and started
/// again.
final class SpoolWorld {
    let clock = ManualClock()
    /// By target.
    let receivers: [String: LedgerReceiver]
    private(set) var disk = SpoolDisk()
    private(set) var process: Process
    /// The number of the next record.
    private(set) var next = 0
    /// What earlier processes counted, by target and reason.
    private var lostBefore: [String: [String: Int]] = [:]
    private let configure: (inout ExportTarget) -> Void
    let warnings = Warnings()

    /// One life of the process.
    struct Process {
        let bench: TestBench
        let pipeline: ExportPipeline
        let lines: [LedgerReceiver.Line]

        /// The records given up, by reason.
        func lost(_ target: String) -> [String: Int] {
            var lost: [String: Int] = [:]
            for reason in Set(ExportResult.reasons + ExportResult.spoolReasons) {
                let labels = ["target": target, "signal": "logs", "reason": reason]
                let value = Int(bench.value("postmeter.export.lost", labels) ?? 0)
                if value > 0 { lost[reason] = value }
            }
            return lost
        }

        func figure(_ name: String, _ target: String) -> Int? {
            bench.value("postmeter.spool.\(name)", ["target": target, "signal": "logs"]).map { Int($0) }
        }
    }

    init(
        _ targets: [String] = ["a"],
        configure: @escaping (inout ExportTarget) -> Void = { _ in }
    ) async throws {
        receivers = Dictionary(uniqueKeysWithValues: targets.map { ($0, LedgerReceiver()) })
        self.configure = configure
        process = try Self.start(receivers, disk, clock, warnings, configure)
        await begin()
    }

    /// The first receiver.
    var receiver: LedgerReceiver { receivers["a"] ?? LedgerReceiver() }

    private static func start(
        _ receivers: [String: LedgerReceiver],
        _ disk: SpoolDisk,
        _ clock: ManualClock,
        _ warnings: Warnings,
        _ configure: (inout ExportTarget) -> Void
    ) throws -> Process {
        let bench = TestBench(capacity: 65_536)
        var targets: [ExportTarget] = []
        var lines: [LedgerReceiver.Line] = []
        for (name, receiver) in receivers.sorted(by: { $0.key < $1.key }) {
            var target = ExportTarget(name, logs: try OTLPTarget(.base("http://\(name):4318")))
            target.spool = SpoolLimits(byteLimit: 1 << 20)
            target.logRecords.batchLimit = 100
            let line = receiver.line()
            target.transport = line
            configure(&target)
            targets.append(target)
            lines.append(line)
        }
        let maker = LaneMaker(
            spoolDirectory: disk.path,
            transport: FakeTransport(),
            health: bench.health,
            clock: clock.clock,
            diagnostics: warnings.diagnostics,
            logDiagnostics: warnings.diagnostics,
            random: { 0.5 },
            fileSystem: disk.fileSystem,
            diskRetry: 100_000
        )
        let pipeline = ExportPipeline(
            targets,
            maker,
            registry: bench.registry,
            sources: [.logs: [RecordSource(bench.logs)]],
            encoder: bench.encoder
        )
        return Process(bench: bench, pipeline: pipeline, lines: lines)
    }

    /// Opens what is on disk, without the tickers: a test says when something happens.
    private func begin() async {
        for lane in process.pipeline.lanes { await lane.start() }
        await settle()
    }

    /// Records so many log records and pushes them: all of them are with a receiver or on disk then.
    func record(_ count: Int, padding: Int = 0) async {
        let text = String(repeating: "-", count: padding)
        for _ in 0..<count {
            process.bench.logs.record(scope: "mail", severity: .info, body: "\(text)record \(next)")
            next += 1
        }
        await process.pipeline.flush()
    }

    /// Lets time go by, and everything happen that it brings.
    func wait(_ time: Duration) async {
        clock.advance(time)
        await settle()
    }

    /// Returns when nothing more happens before time goes by.
    func settle() async {
        for lane in process.pipeline.lanes { await lane.settle() }
    }

    /// Lets time go by until nothing waits, or so many hours are over.
    func drain(hours: Int = 48) async {
        for _ in 0..<(hours * 60) {
            await wait(.seconds(60))
            await process.pipeline.flush()
            if process.pipeline.lanes.allSatisfy({ $0.figures.now.spoolItems == 0 && $0.queue.isEmpty }) {
                return
            }
        }
    }

    /// Returns when the disk, which works again, holds what was in memory because it did not.
    func heal() async {
        for _ in 0..<10_000 {
            await process.pipeline.flush()
            if process.pipeline.lanes.allSatisfy({ $0.queue.isEmpty }), await isOnDisk() { return }
            // The journal tries its disk again by the real clock.
            await wait(.seconds(2))
        }
        Issue.record("the disk is not used again")
    }

    private func isOnDisk() async -> Bool {
        for lane in process.pipeline.lanes where await lane.live != nil { return false }
        return process.bench.logs.statistics.waiting == 0
    }

    /// Ends the process without a word, and starts another on what it leaves.
    func kill() async throws {
        for line in process.lines { line.cut() }
        // The request that is under way has its answer.
        await settle()
        let copy = disk.copy()
        note()
        // Only here: a killed process needs no end.
        for lane in process.pipeline.lanes { await lane.close() }
        disk = copy
        process = try Self.start(receivers, disk, clock, warnings, configure)
        await begin()
    }

    /// Ends the process in order, and starts another.
    func restart(meanwhile: () -> Void = {}) async throws {
        await process.pipeline.shutdown(within: .seconds(5))
        note()
        meanwhile()
        process = try Self.start(receivers, disk, clock, warnings, configure)
        await begin()
    }

    private func note() {
        for target in receivers.keys {
            lostBefore[target, default: [:]].merge(process.lost(target)) { $0 + $1 }
        }
    }

    /// The records given up in all lives, by reason.
    func lost(_ target: String = "a") -> [String: Int] {
        lostBefore[target, default: [:]].merging(process.lost(target)) { $0 + $1 }
    }
}

extension SpoolWorld {
    /// Checks the law of a target: every record reached it or is counted, in order, and twice only where an
    /// answer was lost.
    func check(_ target: String = "a", _ comment: @autoclosure () -> Comment) async throws {
        let receiver = try #require(receivers[target])
        let taken = receiver.taken
        let distinct = Set(taken.flatMap(\.records))
        let lost = lost(target).values.reduce(0, +)
        var waiting = process.figure("items", target) ?? 0
        // Because the disk refuses, some are in memory.
        for lane in process.pipeline.lanes where lane.health.target == target {
            waiting += lane.queue.items + (await lane.live?.items ?? 0)
        }
        waiting += process.bench.logs.statistics.waiting
        #expect(process.bench.logs.statistics.dropped == 0, comment())
        let unanswered = taken.filter { !$0.isAnswered }.reduce(0) { $0 + $1.records.count }
        let missing = next - distinct.count
        // What was taken without an answer may be counted as lost as well.
        #expect(lost + waiting >= missing, comment())
        #expect(lost + waiting <= missing + unanswered, comment())
        for request in taken {
            #expect(request.records == request.records.sorted(), comment())
        }
        for (earlier, later) in zip(taken, taken.dropFirst()) {
            guard let last = earlier.records.last, let first = later.records.first else { continue }
            let isRepeated = earlier.records == later.records && !earlier.isAnswered
            #expect(first > last || isRepeated, comment())
        }
        #expect(receiver.mostUnderWay <= 1, comment())
    }
}

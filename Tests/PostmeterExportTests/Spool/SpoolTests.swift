import PostmeterJournal
import PostmeterModel
import Testing

@testable import PostmeterExport

@Suite struct SpoolTests {
    private let disk = SpoolDisk()
    private let clock = ManualClock()
    private let warnings = Warnings()

    private var directory: String { SpoolFolder(disk.path).path("a", .logs) }

    private func spool(
        on copy: SpoolDisk? = nil, byteLimit: Int = 16 << 20, ageLimit: Duration = .seconds(86_400)
    ) -> Spool {
        let disk = copy ?? disk
        let directory = SpoolFolder(disk.path).path("a", .logs)
        return spool(disk, directory, byteLimit, ageLimit)
    }

    private func spool(_ disk: SpoolDisk, _ directory: String, _ byteLimit: Int, _ ageLimit: Duration)
        -> Spool
    {
        Spool(
            Spool.Configuration(
                directory: directory,
                signal: .logs,
                limits: SpoolLimits(byteLimit: byteLimit, ageLimit: ageLimit).lane(of: 1, bodyLimit: 4 << 20),
                fileSystem: disk.fileSystem
            ),
            clock: clock.clock,
            diagnostics: warnings.diagnostics
        )
    }

    /// A body that tells its number.
    private func body(_ number: Int, _ count: Int = 1_000) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
    }

    private func append(_ numbers: Range<Int>, to spool: Spool, _ count: Int = 1_000) async {
        for number in numbers {
            let batch = LaneBatch(body: body(number, count), items: number + 1)
            let end = await spool.append(batch, batch.body, isCompressed: number % 2 == 1)
            guard case .stored(let request) = end else {
                Issue.record("\(end)")
                return
            }
            #expect(request.record.items == number + 1)
        }
    }

    private func rest(_ spool: Spool) -> [SpooledRequest] {
        var all: [SpooledRequest] = []
        while let next = spool.first() {
            all.append(next)
            spool.advance(past: next)
        }
        return all
    }

    @Test func `requests come out as they went in, the oldest first`() async {
        let spool = spool()
        await append(0..<5, to: spool)
        #expect(spool.items == 1 + 2 + 3 + 4 + 5)
        let all = rest(spool)
        #expect(all.map(\.body) == (0..<5).map { body($0) })
        #expect(all.map(\.record.items) == [1, 2, 3, 4, 5])
        #expect(all.map(\.record.isCompressed) == [false, true, false, true, false])
        #expect(all.map(\.time) == Array(repeating: clock.unix, count: 5))
        #expect(spool.isEmpty && spool.items == 0)
        spool.close()
    }

    @Test func `reading a request does not pass it`() async {
        let spool = spool()
        await append(0..<2, to: spool)
        #expect(spool.first()?.record.items == 1)
        #expect(spool.first()?.record.items == 1)
        spool.close()
    }

    @Test func `another process goes on after the last request that was passed`() async {
        let first = spool()
        await append(0..<10, to: first)
        for _ in 0..<4 { if let next = first.first() { first.advance(past: next) } }
        first.close()
        let second = spool()
        #expect(second.openExisting())
        #expect(second.items == (5...10).reduce(0, +))
        await append(10..<12, to: second)
        #expect(rest(second).map(\.record.items) == Array(5...12))
        #expect(second.takeDropped().damaged == 0)
        second.close()
    }

    @Test func `numbers go on when all was passed and the files are gone, whatever the cursor says`() async {
        let first = spool()
        await append(0..<3, to: first)
        #expect(rest(first).count == 3)
        first.close()
        #expect(disk.segmentBytes == 0)
        let second = spool()
        #expect(second.openExisting())
        #expect(second.isEmpty)
        await append(3..<5, to: second)
        second.close()
        let third = spool()
        #expect(third.openExisting())
        #expect(rest(third).map(\.body) == [body(3), body(4)])
        third.close()
    }

    @Test func `without its cursor everything that is there comes again and nothing counts as damaged`() async
    {
        let first = spool()
        await append(0..<6, to: first)
        for _ in 0..<2 { if let next = first.first() { first.advance(past: next) } }
        first.close()
        disk.remove("a/logs/CURSOR")
        let second = spool()
        #expect(second.openExisting())
        #expect(rest(second).count == 6)
        #expect(second.takeDropped().damaged == 0)
        second.close()
    }

    @Test func `a damaged place costs its own requests, which are counted to the item`() async throws {
        let first = spool()
        await append(0..<10, to: first)
        first.close()
        let file = try #require(disk.files.first { $0.hasSuffix(".seg") })
        // In the body of the fifth: 1,024 bytes of headers, then 1,056 bytes a record.
        disk.flip(file, at: 1_024 + 4 * 1_056 + 500)
        let second = spool()
        #expect(second.openExisting())
        #expect(rest(second).map(\.record.items) == [1, 2, 3, 4, 6, 7, 8, 9, 10])
        #expect(second.takeDropped().damaged == 5)
        #expect(second.isEmpty)
        second.close()
    }

    @Test func `a place that stays unreadable costs what is in it, and not what is behind it`() async throws {
        let first = spool()
        await append(0..<600, to: first)
        first.close()
        // One block in the middle of one segment.
        disk.failReads(200_704..<204_800)
        let second = spool()
        #expect(second.openExisting())
        var all: [SpooledRequest] = []
        // The lane asks again every second.
        for _ in 0..<1_000 where !second.isEmpty { all += rest(second) }
        #expect(second.isEmpty)
        let items = all.map(\.record.items)
        #expect(items == items.sorted() && items.last == 600 && items.count > 590)
        #expect(second.takeDropped().damaged == (1...600).reduce(0, +) - items.reduce(0, +))
        second.close()
    }

    @Test func `a full spool whose next segment cannot be read gives up one segment and not all`()
        async throws
    {
        let spool = spool(byteLimit: 1 << 20)
        await append(0..<40, to: spool, 20_000)
        #expect(spool.takeDropped().full == 0)
        disk.failReads(0..<1 << 30)
        await append(40..<52, to: spool, 20_000)
        disk.failReads(nil)
        let left = rest(spool).map(\.record.items)
        #expect(left.count > 24 && left.last == 52)
        let dropped = spool.takeDropped()
        #expect(dropped.full + dropped.damaged + left.reduce(0, +) == (1...52).reduce(0, +))
        spool.close()
    }

    @Test func `a segment that is empty is passed, and takes no room for ever`() async throws {
        let first = spool(byteLimit: 1 << 20)
        await append(0..<30, to: first, 20_000)
        first.close()
        disk.empty(try #require(disk.files.first { $0.hasSuffix(".seg") }))
        let second = spool(byteLimit: 1 << 20, ageLimit: .seconds(1))
        clock.advance(.seconds(10))
        #expect(second.openExisting())
        await append(30..<100, to: second, 20_000)
        let left = rest(second).map(\.record.items)
        let dropped = second.takeDropped()
        let gone = dropped.full + dropped.expired + dropped.damaged
        #expect(gone + left.reduce(0, +) == (1...100).reduce(0, +), "\(dropped), \(left)")
        #expect(left.last == 100)
        second.close()
    }

    @Test func `a cursor that the disk refused is written when it works again, and no file goes before`()
        async throws
    {
        let first = spool(byteLimit: 1 << 20)
        await append(0..<40, to: first, 20_000)
        disk.fail(true)
        for _ in 0..<20 { if let next = first.first() { first.advance(past: next) } }
        // Killed now, the next one begins where it was: twice, and counted as nothing else.
        let behind = disk.copy()
        let second = spool(on: behind, byteLimit: 1 << 20)
        #expect(second.openExisting())
        #expect(rest(second).map(\.record.items) == Array(1...40))
        #expect(second.takeDropped().damaged == 0)
        second.close()
        disk.fail(false)
        first.catchUp()
        let level = disk.copy()
        let third = spool(on: level, byteLimit: 1 << 20)
        #expect(third.openExisting())
        #expect(rest(third).map(\.record.items) == Array(21...40))
        #expect(third.takeDropped().damaged == 0)
        third.close()
        first.close()
    }

    @Test func `a limit that was lowered drops what is older and keeps what is newer`() async {
        let first = spool(byteLimit: 64 << 20)
        await append(0..<420, to: first, 20_000)
        first.close()
        let second = spool(byteLimit: 1 << 20)
        #expect(second.openExisting())
        await append(420..<900, to: second, 20_000)
        let left = rest(second).map(\.record.items)
        #expect(left.last == 900 && left.count > 24)
        #expect(second.takeDropped().full + left.reduce(0, +) == (1...900).reduce(0, +))
        second.close()
        #expect(disk.segmentBytes == 0)
    }

    @Test func `a full spool drops the oldest and counts them to the item`() async throws {
        let spool = spool(byteLimit: 1 << 20)
        await append(0..<100, to: spool, 20_000)
        #expect(disk.segmentBytes <= 1 << 20)
        let dropped = spool.takeDropped()
        let left = rest(spool)
        let first = try #require(left.first?.record.items)
        #expect(left.map(\.record.items) == Array(first...100))
        #expect(dropped.full == (1..<first).reduce(0, +))
        #expect(dropped.full > 0 && dropped.expired == 0 && dropped.damaged == 0)
        // Three segments of four at the least are used.
        #expect(left.count * 20_000 > 3 * (1 << 18) - 40_000)
        spool.close()
    }

    @Test func `the request that is under way does not count as dropped`() async throws {
        let spool = spool(byteLimit: 1 << 20)
        await append(0..<10, to: spool, 20_000)
        let underWay = try #require(spool.first())
        spool.reserved = underWay
        await append(10..<100, to: spool, 20_000)
        spool.reserved = nil
        #expect(spool.hasDropped(underWay))
        let dropped = spool.takeDropped().full
        let first = try #require(spool.first()?.record.items)
        #expect(dropped == (1..<first).reduce(0, +) - underWay.record.items)
        spool.advance(past: underWay)
        #expect(spool.first()?.record.items == first)
        spool.close()
    }

    @Test func `a request longer than a segment is refused and the others are not`() async {
        let spool = spool(byteLimit: 1 << 20)
        await append(0..<1, to: spool)
        let long = LaneBatch(body: body(1, 1 << 20), items: 7)
        guard case .tooLarge = await spool.append(long, long.body, isCompressed: false) else {
            Issue.record("it was not refused")
            return
        }
        await append(1..<2, to: spool)
        #expect(rest(spool).map(\.record.items) == [1, 2])
        spool.close()
    }

    @Test func `old requests are dropped one by one, whole segments at once`() async {
        let spool = spool(byteLimit: 1 << 20, ageLimit: .seconds(100))
        await append(0..<20, to: spool, 20_000)
        clock.advance(.seconds(60))
        await append(20..<22, to: spool, 20_000)
        clock.advance(.seconds(60))
        #expect(spool.first()?.record.items == 21)
        #expect(spool.takeDropped().expired == (1...20).reduce(0, +))
        spool.close()
    }

    @Test func `the folder can be looked into while it is in use, and not be dropped`() async throws {
        let spool = spool()
        await append(0..<10, to: spool)
        if let next = spool.first() { spool.advance(past: next) }
        let folder = SpoolFolder(disk.path)
        let found = try #require(folder.inspect().first)
        #expect(found.target == "a" && found.signal == .logs)
        #expect(found.requests == 9 && found.items == (2...10).reduce(0, +))
        #expect(found.oldest == clock.unix && found.newest == clock.unix)
        #expect(found.isInUse && found.bytes == disk.segmentBytes)
        #expect(throws: JournalError.locked(directory: directory)) { try folder.drop() }
        #expect(folder.inspect(target: "b") == [])
        #expect(folder.inspect(signal: .traces) == [])
        spool.close()
        #expect(folder.inspect().first?.isInUse == false)
        #expect(try folder.drop().map(\.items) == [(2...10).reduce(0, +)])
        #expect(folder.inspect() == [])
        let next = self.spool()
        #expect(next.openExisting() && next.isEmpty)
        await append(10..<11, to: next)
        #expect(rest(next).map(\.body) == [body(10)])
        next.close()
    }

    @Test func `a folder that is not there holds nothing`() {
        #expect(SpoolFolder("/nonexistent").inspect() == [])
    }

    @Test func `a request says in its header what it is`() throws {
        for signal in ExportSignal.allCases {
            let record = SpoolRecord(
                signal: signal, isCompressed: signal == .logs, isDifferences: signal == .metrics,
                items: 70_000,
                itemsBefore: 1 << 40, bytesBefore: 1 << 50)
            let header = record.header
            #expect(header.count == SpoolRecord.headerBytes)
            #expect(header.withUnsafeBytes { SpoolRecord($0) } == record)
            var later = header
            later[0] = 2
            #expect(later.withUnsafeBytes { SpoolRecord($0) } == nil)
            #expect(header.dropLast().withUnsafeBytes { SpoolRecord($0) } == nil)
        }
    }

    @Test(arguments: [(16 << 20, 3), (1 << 30, 3), (1 << 20, 1), (96 << 20, 2)] as [(Int, Int)])
    func `limits of any size make a journal that can be`(byteLimit: Int, signals: Int) throws {
        for bodyLimit in [64 << 10, 4 << 20, 64 << 20] {
            let lane = SpoolLimits(byteLimit: byteLimit).lane(of: signals, bodyLimit: bodyLimit)
            #expect(lane.bodyLimit >= 64 << 10 && lane.bodyLimit <= bodyLimit)
            #expect(lane.segmentBytes * 4 <= lane.byteLimit + 16_384)
            #expect(lane.byteLimit * signals <= max(byteLimit, signals << 20))
            #expect(lane.recordBytes + 2_048 <= lane.segmentBytes)
        }
    }
}

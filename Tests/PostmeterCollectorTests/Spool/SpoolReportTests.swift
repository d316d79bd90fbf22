import PostmeterExport
import Testing

@testable import PostmeterCollector

@Suite struct SpoolReportTests {
    private let now: UInt64 = 1_700_000_000_000_000_000

    private func spool(_ target: String, _ signal: ExportSignal, age: UInt64?) -> SpoolInspection {
        var spool = SpoolInspection(target: target, signal: signal)
        (spool.requests, spool.items, spool.bytes) = (3, 1_200, 8_388_608)
        spool.oldest = age.map { now - $0 * 1_000_000_000 }
        spool.newest = age.map { _ in now }
        return spool
    }

    @Test func `the table has a line for each spool, and says what is in use`() {
        var used = spool("vendor", .traces, age: 93_784)
        used.isInUse = true
        let report = SpoolReport([spool("near", .logs, age: 61), used], now: now)
        #expect(
            report.table == """
                TARGET  SIGNAL  REQUESTS  ITEMS  BYTES    OLDEST  NOTE
                near    logs    3         1200   8388608  1m 1s
                vendor  traces  3         1200   8388608  1d 2h   in use
                """)
        #expect(SpoolReport([], now: now).table == "Nothing waits on disk.")
    }

    @Test func `JSON has all of it, and strings that need it are escaped`() {
        var broken = spool("near", .metrics, age: nil)
        broken.problem = "a \"b\"\n"
        let report = SpoolReport([spool("near", .logs, age: 1), broken], now: now)
        #expect(
            report.json == """
                [{"target":"near","signal":"logs","requests":3,"items":1200,"bytes":8388608,\
                "oldest":1699999999000000000,"newest":1700000000000000000,"in_use":false,"problem":null},\
                {"target":"near","signal":"metrics","requests":3,"items":1200,"bytes":8388608,\
                "oldest":null,"newest":null,"in_use":false,"problem":"a \\"b\\"\\u000a"}]
                """)
        #expect(SpoolReport([], now: now).json == "[]")
    }
}

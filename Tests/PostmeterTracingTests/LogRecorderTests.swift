import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterTracing

@Suite struct LogRecorderTests {
    private func recorder(capacity: Int = 64, limits: SpanLimits = .standard) -> LogRecorder {
        LogRecorder(capacity: capacity, limits: limits, now: { UnixTime(nanoseconds: 50) })
    }

    @Test func `a record is the message that OTLP has for it`() throws {
        let recorder = recorder()
        let context = SpanContext(
            traceID: TraceID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10),
            spanID: SpanID(0x1112_1314_1516_1718), flags: 3)
        recorder.record(
            scope: "app.mail", severity: .warn, severityText: "warning", body: "mailbox is full",
            context: context, time: UnixTime(nanoseconds: 70), eventName: "mail.bounced",
            attributes: [
                Attribute("count", 3), Attribute("share", 0.5), Attribute("final", true),
                Attribute("why", "quota"),
                Attribute("tags", .strings(["a", "b"])),
            ])
        let groups = try recorder.drained()
        #expect(groups.map(\.scope) == ["app.mail"])
        var expected = LogBody()
        expected.time = 70
        expected.observed = 50
        expected.severity = 13
        expected.severityText = "warning"
        expected.body = "mailbox is full"
        expected.attributes = [
            Attribute("count", 3), Attribute("share", 0.5), Attribute("final", true),
            Attribute("why", "quota"),
            Attribute("tags", .strings(["a", "b"])),
        ]
        expected.flags = 3
        expected.traceID = Array(1...16)
        expected.spanID = Array(0x11...0x18)
        expected.eventName = "mail.bounced"
        #expect(groups[0].records == [expected])
    }

    @Test func `what is not said is not written, and the time is that of the observation`() throws {
        let recorder = recorder()
        recorder.record(scope: "a", severity: .trace, body: "")
        var expected = LogBody()
        expected.severity = 1
        expected.time = 50
        expected.observed = 50
        #expect(try recorder.drained()[0].records == [expected])
    }

    @Test(arguments: [
        (LogSeverity.trace, UInt64(1)), (.debug, 5), (.info, 9), (.notice, 10), (.warn, 13), (.error, 17),
        (.critical, 18),
        (.fatal, 21),
    ])
    func `severities have the numbers of OpenTelemetry`(severity: LogSeverity, number: UInt64) throws {
        let recorder = recorder()
        recorder.record(scope: "a", severity: severity, body: "x")
        #expect(try recorder.drained()[0].records[0].severity == number)
    }

    @Test func `an invalid context is none`() throws {
        let recorder = recorder()
        let nobody = SpanContext(traceID: TraceID(high: 0, low: 0), spanID: SpanID(1))
        recorder.record(scope: "a", severity: .info, body: "x", context: nobody)
        let record = try recorder.drained()[0].records[0]
        #expect(record.traceID.isEmpty && record.spanID.isEmpty && record.flags == 0)
    }

    @Test func `attributes are written by a closure, which a dropped record does not call`() throws {
        let recorder = recorder(capacity: 2)
        let calls = Counter()
        let scope = recorder.scope("a", version: "1.2")
        for index in 0..<5 {
            recorder.record(scope: scope, severity: .info, body: "x") { attributes in
                calls.add()
                attributes.set("index", index)
                attributes.set("text", "v")
                attributes.set("text", "w")
                attributes.set("", "nothing")
                attributes.set("share", 0.5)
                attributes.set("final", false)
            }
        }
        #expect(calls.value == 2)
        #expect(
            recorder.statistics
                == LogStatistics(recorded: 2, dropped: 3, truncated: 0, waiting: 2, capacity: 2))
        let groups = recorder.drain()
        #expect(groups.map(\.scope) == [InstrumentationScope(name: "a", version: "1.2")])
        let first = try LogBody(groups[0].records.bytes[groups[0].records.range(of: 0)])
        #expect(
            first.attributes == [
                Attribute("index", 0), Attribute("text", "w"), Attribute("share", 0.5),
                Attribute("final", false),
            ])
        #expect(first.dropped == 1)
    }

    @Test func `limits hold for attributes`() throws {
        let recorder = recorder(limits: SpanLimits(attributes: 2, valueLength: 4))
        recorder.record(
            scope: "a", severity: .info, body: "a body is no attribute",
            attributes: [Attribute("a", "ééé"), Attribute("b", "1234"), Attribute("c", 1), Attribute("d", 1)])
        let record = try recorder.drained()[0].records[0]
        #expect(record.attributes == [Attribute("a", "éé"), Attribute("b", "1234")])
        #expect(record.dropped == 2)
        #expect(record.body == "a body is no attribute")
    }

    @Test func `bodies of every length come back, and after 32 KiB they are cut between characters`() throws {
        let recorder = recorder()
        for count in [
            0, 1, 15, 16, 63, 64, 65, 127, 128, 1_900, 1_990, 2_048, 16_383, 16_384, 32_767, 32_768,
        ] {
            let text = String(repeating: "x", count: count)
            recorder.record(scope: "a", severity: .info, body: text, attributes: [Attribute("k", "v")])
            let record = try recorder.drained()[0].records[0]
            #expect(record.body == (count == 0 ? nil : .string(text)))
            #expect(record.attributes == [Attribute("k", "v")])
            #expect(record.observed == 50)
        }
        #expect(recorder.statistics.truncated == 0)
        recorder.record(scope: "a", severity: .info, body: "x" + String(repeating: "é", count: 20_000))
        #expect(
            try recorder.drained()[0].records[0].body == .string("x" + String(repeating: "é", count: 16_383)))
        #expect(recorder.statistics.truncated == 1)
    }

    @Test func `when nothing is left to borrow, a body keeps what its slot can hold`() throws {
        // A reserve of 1 MiB: sixteen bodies of 64 KiB.
        let recorder = recorder(capacity: 20)
        for _ in 0..<20 {
            recorder.record(
                scope: "a", severity: .info, body: String(repeating: "x", count: 32_768),
                attributes: [Attribute("k", 1)])
        }
        #expect(recorder.statistics.truncated == 4)
        let records = try recorder.drained()[0].records
        for record in records {
            guard case .string(let text) = record.body else { throw WireError.truncated }
            #expect(text.utf8.count == 32_768 || (1_900...2_000).contains(text.utf8.count))
            #expect(record.time == 50)
            #expect(record.attributes == [Attribute("k", 1)] || record.dropped == 1)
        }
        #expect(records.count { $0.body == .string(String(repeating: "x", count: 32_768)) } == 16)
    }

    @Test func `the texts beside the body are cut after 255 bytes`() throws {
        let recorder = recorder()
        let long = String(repeating: "é", count: 200)
        recorder.record(scope: "a", severity: .info, severityText: long, body: "b", eventName: long)
        let record = try recorder.drained()[0].records[0]
        #expect(record.severityText == String(repeating: "é", count: 127))
        #expect(record.eventName == String(repeating: "é", count: 127))
    }

    @Test func `records are drained by scope, and after 256 scopes all further ones are one`() throws {
        let recorder = recorder(capacity: 1_000)
        for round in 0..<2 {
            for index in 0..<300 {
                recorder.record(scope: "scope \(index)", severity: .info, body: "\(round)")
            }
        }
        let groups = try recorder.drained()
        #expect(groups.map(\.scope) == (0..<256).map { "scope \($0)" } + ["_other"])
        #expect(groups.prefix(256).allSatisfy { $0.records.map(\.body) == ["0", "1"] })
        #expect(groups.last?.records.count == 88)
    }

    @Test func `a scope is its name and its version`() {
        let recorder = recorder()
        let plain = recorder.scope("a")
        #expect(recorder.scope("a") == plain)
        #expect(recorder.scope("a", version: "1") != plain)
        recorder.record(scope: "a", severity: .info, body: "x")
        recorder.record(scope: recorder.scope("a", version: "1"), severity: .info, body: "y")
        #expect(
            recorder.drain().map(\.scope) == [
                InstrumentationScope(name: "a"), InstrumentationScope(name: "a", version: "1"),
            ])
    }

    @Test func `a slot that comes back holds nothing of the record before`() throws {
        let recorder = recorder(capacity: 1)
        let context = SpanContext(traceID: TraceID(high: 1, low: 2), spanID: SpanID(3))
        for round in 0..<3 {
            recorder.record(
                scope: "first", severity: .error, severityText: "error",
                body: "long " + String(repeating: "x", count: 3_000),
                context: context, eventName: "e", attributes: [Attribute("", 1), Attribute("k", 1)])
            #expect(try recorder.drained().map(\.scope) == ["first"])
            recorder.record(scope: "second \(round)", severity: .info, body: "short")
            let groups = try recorder.drained()
            var expected = LogBody()
            expected.severity = 9
            expected.body = "short"
            expected.time = 50
            expected.observed = 50
            #expect(groups.map(\.scope) == ["second \(round)"])
            #expect(groups[0].records == [expected])
        }
    }

    @Test func `a drain takes no more than its limit, the oldest first`() throws {
        let recorder = recorder()
        for index in 0..<10 { recorder.record(scope: "a", severity: .info, body: "\(index)") }
        #expect(try recorder.drained(limit: 4)[0].records.map(\.body) == ["0", "1", "2", "3"])
        #expect(try recorder.drained()[0].records.map(\.body) == ["4", "5", "6", "7", "8", "9"])
        #expect(try recorder.drained().isEmpty)
    }

    @Test func `half a pool of waiting records wakes the exporter`() {
        let counter = Counter()
        let recorder = recorder(capacity: 64)
        recorder.onPressure { counter.add() }
        for _ in 0..<30 { recorder.record(scope: "a", severity: .info, body: "x") }
        #expect(counter.value == 0)
        for _ in 0..<10 { recorder.record(scope: "a", severity: .info, body: "x") }
        #expect(counter.value > 0)
    }

    @Test func `every record of many threads arrives whole or is counted`() throws {
        let recorder = LogRecorder(capacity: 256)
        let (threads, each) = (6, 3_000)
        let running = Counter(threads)
        let seen = Mutex<[String: Int]>([:])
        let workers = (0..<threads).map { worker in
            Thread {
                for index in 0..<each {
                    let text = index % 50 == 0 ? String(repeating: "long ", count: 800) : "short"
                    recorder.record(
                        scope: "scope \(index % 300)", severity: .info, body: "\(worker) \(index)"
                    ) {
                        $0.set("text", text)
                    }
                }
                running.subtract()
            }
        }
        let drainer = Thread {
            while true {
                let isOver = running.value == 0
                guard let groups = try? recorder.drained(limit: 100) else { return }
                if groups.isEmpty, isOver { return }
                for record in groups.flatMap(\.records) {
                    guard case .string(let name) = record.body, record.attributes.count == 1 else { continue }
                    seen.withLock { $0[name, default: 0] += 1 }
                }
            }
        }
        workers.forEach { $0.join() }
        drainer.join()
        let statistics = recorder.statistics
        let names = seen.withLock { $0 }
        #expect(names.values.allSatisfy { $0 == 1 })
        #expect(UInt64(names.count) == statistics.recorded)
        #expect(statistics.recorded + statistics.dropped == UInt64(threads * each))
        #expect(statistics.waiting == 0)
    }
}

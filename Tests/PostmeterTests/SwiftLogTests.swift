import Instrumentation
import Logging
import PostmeterModel
import PostmeterTracing
import Testing

@testable import Postmeter

@Suite struct SwiftLogTests {
    private struct Failure: Error, CustomStringConvertible {
        let description = "no mailbox bob@example.com"
    }

    private let recorder = LogRecorder(capacity: 256)

    private func logger(
        _ label: String = "acme.triage", level: Logger.Level = .trace,
        provider: Logger.MetadataProvider? = nil, recordsErrorMessages: Bool = false
    ) -> Logger {
        Logger(label: label) { label in
            SwiftLogHandler(
                label: label, level: level, metadataProvider: provider, recorder: recorder,
                recordsErrorMessages: recordsErrorMessages)
        }
    }

    private func drained() throws -> [DrainedLog] {
        try DrainedLog.drain(recorder)
    }

    @Test func `a statement is a record with its place and its logger`() throws {
        logger().info("mail \(7) read", file: "Triage/Read.swift", function: "read(_:)", line: 42)
        let log = try #require(try drained().first)
        #expect(log.scope == "acme.triage")
        #expect(log.severity == 9)
        #expect(log.severityText == "info")
        #expect(log.body == "mail 7 read")
        #expect(
            log.attributes == [
                "code.function.name": "read(_:)", "code.file.path": "Triage/Read.swift",
                "code.line.number": 42,
            ])
        #expect(log.traceID == "")
    }

    @Test(arguments: [
        (Logger.Level.trace, UInt64(1)), (.debug, 5), (.info, 9), (.notice, 10), (.warning, 13), (.error, 17),
        (.critical, 18),
    ])
    func `levels are severities`(level: Logger.Level, severity: UInt64) throws {
        logger().log(level: level, "x")
        let log = try #require(try drained().first)
        #expect(log.severity == severity)
        #expect(log.severityText == level.rawValue)
    }

    @Test func `metadata become attributes`() throws {
        logger().info(
            "x",
            metadata: [
                "text": "a", "number": .stringConvertible(7), "share": .stringConvertible(0.5),
                "flag": .stringConvertible(true), "said": .stringConvertible(Failure()),
                "http": ["request": ["method": "GET", "size": .stringConvertible(3)], "route": "/a"],
                "list": ["a", "b", ["c": "d"]], "empty": [:],
            ])
        var attributes = try #require(try drained().first).attributes
        for key in attributes.keys where key.hasPrefix("code.") { attributes[key] = nil }
        #expect(
            attributes == [
                "text": "a", "number": 7, "share": 0.5, "flag": true, "said": "no mailbox bob@example.com",
                "http.request.method": "GET", "http.request.size": 3, "http.route": "/a",
                "list": .strings(["a", "b", #"["c": "d"]"#]),
            ])
    }

    @Test func `numbers of every type are numbers, and text when they are too large`() throws {
        logger().info(
            "x",
            metadata: [
                "byte": .stringConvertible(UInt8(200)), "wide": .stringConvertible(Int64(-5)),
                "most": .stringConvertible(UInt64.max), "half": .stringConvertible(Float(0.5)),
            ])
        var attributes = try #require(try drained().first).attributes
        for key in attributes.keys where key.hasPrefix("code.") { attributes[key] = nil }
        #expect(attributes == ["byte": 200, "wide": -5, "most": "18446744073709551615", "half": 0.5])
    }

    @Test func `metadata that nest too deep are one text from there on`() throws {
        var value: Logger.MetadataValue = "end"
        for _ in 0..<100 { value = ["k": value] }
        logger().info("x", metadata: ["k": value])
        let keys = try #require(try drained().first).attributes.keys.filter { $0.hasPrefix("k") }
        #expect(keys == ["k.k.k.k.k.k.k.k"])
    }

    @Test func `of a key that comes twice the statement goes before the provider and that before the logger`()
        throws
    {
        var logger = logger(provider: Logger.MetadataProvider { ["b": "provider", "c": "provider"] })
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger[metadataKey: "c"] = "logger"
        #expect(logger[metadataKey: "a"] == "logger")
        logger.info("x", metadata: ["c": "statement"])
        let attributes = try #require(try drained().first).attributes
        #expect(attributes["a"] == "logger")
        #expect(attributes["b"] == "provider")
        #expect(attributes["c"] == "statement")
    }

    @Test func `a record names the span that the task works in`() throws {
        let span = SpanContext(traceID: TraceID(high: 1, low: 2), spanID: SpanID(3))
        CurrentSpan.withValue(span) { logger().info("x") }
        let log = try #require(try drained().first)
        #expect(log.traceID == span.traceID.description)
        #expect(log.spanID == span.spanID.description)
    }

    @Test func `what is below the level is not recorded`() throws {
        var logger = logger(level: .warning)
        logger.info("not")
        logger.warning("first")
        logger.logLevel = .debug
        logger.debug("second")
        logger.trace("not")
        #expect(try drained().map(\.body) == ["first", "second"])
    }

    @Test func `an error has its type, and its text only when that is wanted`() throws {
        logger().error("failed", error: Failure())
        let log = try #require(try drained().first)
        #expect("\(try #require(log.attributes["exception.type"]))".contains("Failure"))
        #expect(log.attributes["exception.message"] == nil)
        logger(recordsErrorMessages: true).error("failed", error: Failure())
        #expect(
            try #require(try drained().first).attributes["exception.message"] == "no mailbox bob@example.com")
    }

    @Test func `what the telemetry says of itself is not recorded`() throws {
        logger("postmeter").critical("the receiver is away")
        logger("postmeter.other").critical("heard")
        #expect(try drained().map(\.body) == ["heard"])
    }

    @Test func `what the telemetry says of itself is recorded for one who asks for it`() throws {
        let handler = SwiftLogHandler(
            label: "postmeter", level: .info, metadataProvider: nil, recorder: recorder,
            recordsErrorMessages: false, recordsTelemetry: true)
        Logger(label: "postmeter") { _ in handler }.warning("the receiver is away")
        #expect(try drained().map(\.body) == ["the receiver is away"])
    }

    @Test func `without a place to go to nothing is recorded`() throws {
        var configuration = PostmeterConfiguration()
        configuration.diagnostics = .silent
        configuration.logLevel = .debug
        let postmeter = try Postmeter(configuration: configuration)
        let handler = postmeter.logHandler(label: "a")
        #expect(handler.logLevel == .debug)
        Logger(label: "a") { _ in handler }.error("x")
        #expect(try DrainedLog.drain(postmeter.logs).isEmpty)
    }
}

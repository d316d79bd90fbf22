import Logging
import PostmeterTracing
import Testing

@testable import PostmeterCollector

@Suite struct CollectorLogTests {
    private let recorder = LogRecorder(capacity: 64)

    @Test func `what the collector says is a record of the scope postmeter, from its level on`() {
        let log = CollectorLog(level: .warning, console: false, recorder: recorder)
        log.logger.info("the fold has caught up with the journal")
        log.logger.warning("the checkpoint failed", metadata: ["try": "2"])
        let records = LoggedRecord.drain(recorder)
        #expect(records.map(\.scope) == ["postmeter"])
        #expect(records.map(\.severity) == [13])
        #expect(records.map(\.body) == ["the checkpoint failed"])
        #expect(records.map { $0.attributes["try"] } == ["2"])
    }

    @Test func `what the push of logs complains about is never a record`() {
        let log = CollectorLog(level: .trace, console: false, recorder: recorder)
        // Standard error and nothing beside it.
        #expect(log.consoleLogger.handler is StreamLogHandler)
        #expect(log.consoleLogger.logLevel == .trace)
    }

    @Test func `the console is written to when it is wanted, and when there is nothing else`() {
        let both = CollectorLog(level: .info, console: true, recorder: recorder)
        #expect(both.logger.handler is MultiplexLogHandler)
        let lone = CollectorLog(level: .info, console: false, recorder: nil)
        #expect(lone.logger.handler is StreamLogHandler)
        #expect(lone.logger.logLevel == .info)
    }
}

import Postmeter
import PostmeterMail
import Testing

@testable import PostmeterCollector

@Suite struct DeadLetterInspectorTests {
    /// A data folder with letters 1 to 3, whose store is open as a running collector's is.
    private func withFolder(_ body: (CollectorConfiguration, Store) throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let store = try Store(path: folder + "/postmeter.db")
            var changes = CheckpointChanges(sequence: 4)
            for number in 1...3 as ClosedRange<UInt64> {
                let head = Envelope(route: "e resend acme/support", headers: [], span: nil).encodedHead()
                changes.deadLetters.append(
                    DeadLetter(
                        sequence: number, acceptedAt: 1_700_000_000_000_000_000, endpoint: "e",
                        provider: "resend", reason: "bad_time", detail: "d",
                        envelope: head + Array("bob@example.com \(number)".utf8)))
            }
            try store.save(changes)
            try body(CollectorConfiguration(data: folder), store)
        }
    }

    @Test func `letters are read beside a collector that runs and after it has ended`() async throws {
        try await withFolder { configuration, store in
            var masked = configuration
            masked.telemetry.privacy = .domain
            let beside = try DeadLetterInspector(masked)
            #expect(
                try beside.list(DeadLetterCriteria(), limit: 1)
                    == ["3  2023-11-14T22:13:20.000Z  e resend  bad_time  67 bytes  tries 1  d"])
            #expect(try beside.show(2).hasSuffix("\n\n_@example.com 2"))
            try store.close()
            let after = try DeadLetterInspector(configuration, showsAddresses: true)
            #expect(try after.show(2).hasSuffix("\n\nbob@example.com 2"))
            #expect(try after.body(3) == Array("bob@example.com 3".utf8))
        }
    }

    @Test func `without a trace key a fingerprint is not made`() async throws {
        try await withFolder { configuration, _ in
            #expect(try DeadLetterInspector(configuration).show(1).hasSuffix("\n\n[address] 1"))
            var keyed = configuration
            keyed.traceKey = "0123456789abcdef"
            let shown = try DeadLetterInspector(keyed).show(1)
            #expect(shown.suffix(18).dropLast(2).allSatisfy { $0.isHexDigit })
        }
    }

    @Test func `an export has every letter that matches once, the oldest first`() async throws {
        try await withFolder { configuration, _ in
            var criteria = DeadLetterCriteria()
            criteria.from = 2
            var lines: [String] = []
            let count = try DeadLetterInspector(configuration).export(criteria) { lines.append($0) }
            #expect(count == 2)
            #expect(lines.map { $0.contains(#""sequence":2"#) } == [true, false])
            #expect(lines.allSatisfy { $0.contains(#""body":"[address] "#) })
        }
    }

    @Test func `a number that is not there, and a folder without a database, are clear errors`() async throws
    {
        try await withFolder { configuration, _ in
            let error = #expect(throws: ConfigurationError.self) {
                try DeadLetterInspector(configuration).show(9)
            }
            #expect(
                error?.description
                    == "dead letter 9: is not there: it was understood, removed or given up, or never was")
            let missing = #expect(throws: ConfigurationError.self) {
                try DeadLetterInspector(CollectorConfiguration(data: "/nowhere"))
            }
            #expect(
                missing?.description
                    == "data: '/nowhere/postmeter.db' cannot be read: No such file or directory")
        }
    }
}

import PostmeterModel
import PostmeterOTLP
import Testing

@Suite struct LogsEncodingTests {
    private let encoder = OTLPEncoder(resource: Resource([Attribute("r", "x")]))

    private func records(_ bodies: [[UInt8]]) -> EncodedRecords {
        var records = EncodedRecords()
        for body in bodies { records.append { $0 += body } }
        return records
    }

    @Test func `a request of one log record has exactly these bytes`() {
        let bytes = encoder.logs([(InstrumentationScope(name: "s"), records([[0x10, 0x09]]))])
        #expect(
            bytes == [
                0x0a, 0x17,  // resource_logs
                0x0a, 0x0a, 0x0a, 0x08, 0x0a, 0x01, 0x72, 0x12, 0x03, 0x0a, 0x01, 0x78,  // resource: r=x
                0x12, 0x09,  // scope_logs
                0x0a, 0x03, 0x0a, 0x01, 0x73,  // scope: s
                0x12, 0x02, 0x10, 0x09,  // log_records: severity_number 9
            ]
        )
    }

    @Test func `log records are copied as they are, in order, under their scope`() {
        let one = InstrumentationScope(name: "one", version: "3")
        let two = InstrumentationScope(name: "two")
        let bodies: [[UInt8]] = [[0x10, 9], [], [UInt8](repeating: 9, count: 300), [0x0a, 0]]
        let bytes = encoder.logs([
            (one, records([bodies[0], bodies[1]])), (two, records([bodies[2]])), (one, records([bodies[3]])),
        ])
        let resource = bytes.flatMap(WireMessage.init)?.messages(1) ?? []
        #expect(resource.count == 1)
        let scopes = resource.first?.messages(2) ?? []
        #expect(scopes.map { $0.messages(1).first?.text(1) } == ["one", "two"])
        #expect(scopes.map { $0.messages(1).first?.text(2) } == ["3", nil])
        #expect(scopes.map { $0.blobs(2) } == [[bodies[0], bodies[1], bodies[3]], [bodies[2]]])
    }

    @Test func `a scope has its attributes, and its schema stands behind the records`() {
        let scope = InstrumentationScope(
            name: "s", version: "1", schemaURL: "u", attributes: [Attribute("a", "b")])
        let bytes = OTLPEncoder(resource: Resource([])).logs([(scope, records([[0x10, 0x09]]))])
        #expect(
            bytes == [
                0x0a, 0x1b,  // resource_logs, without a resource
                0x12, 0x19,  // scope_logs
                0x0a, 0x10, 0x0a, 0x01, 0x73, 0x12, 0x01, 0x31,  // scope: s, version 1
                0x1a, 0x08, 0x0a, 0x01, 0x61, 0x12, 0x03, 0x0a, 0x01, 0x62,  // attributes: a=b
                0x12, 0x02, 0x10, 0x09,  // log_records
                0x1a, 0x01, 0x75,  // schema_url: u
            ]
        )
    }

    @Test func `there is no empty envelope`() {
        #expect(encoder.logs([]) == nil)
        #expect(encoder.logs([(InstrumentationScope(name: "a"), EncodedRecords())]) == nil)
        let bytes = encoder.logs([
            (InstrumentationScope(name: "a"), EncodedRecords()),
            (InstrumentationScope(name: "b"), records([[0x10, 1]])),
        ])
        let scopes = bytes.flatMap(WireMessage.init)?.messages(1).first?.messages(2) ?? []
        #expect(scopes.map { $0.messages(1).first?.text(1) } == ["b"])
    }
}

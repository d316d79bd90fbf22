import PostmeterModel
import PostmeterOTLP
import Testing

@Suite struct TraceEncodingTests {
    private let encoder = OTLPEncoder(resource: Resource([Attribute("service.name", "postmeter")]))

    private func records(_ bodies: [[UInt8]]) -> EncodedRecords {
        var records = EncodedRecords()
        for body in bodies { records.append { $0 += body } }
        return records
    }

    @Test func `spans are copied as they are, in order, under their scope`() {
        let one = InstrumentationScope(name: "one", version: "3")
        let two = InstrumentationScope(name: "two")
        let bodies: [[UInt8]] = [[0x2a, 1, 65], [], [UInt8](repeating: 9, count: 300), [0x0a, 0]]
        let bytes = encoder.traces([
            (one, records([bodies[0], bodies[1]])), (two, records([bodies[2]])), (one, records([bodies[3]])),
        ])
        let resource = bytes.flatMap(WireMessage.init)?.messages(1) ?? []
        #expect(resource.count == 1)
        #expect(resource.first?.messages(1).first?.attributes(1) == ["service.name=postmeter"])
        let scopes = resource.first?.messages(2) ?? []
        #expect(scopes.map { $0.messages(1).first?.text(1) } == ["one", "two"])
        #expect(scopes.map { $0.messages(1).first?.text(2) } == ["3", nil])
        #expect(scopes.map { $0.blobs(2) } == [[bodies[0], bodies[1], bodies[3]], [bodies[2]]])
    }

    @Test func `there is no empty envelope`() {
        #expect(encoder.traces([]) == nil)
        #expect(encoder.traces([(InstrumentationScope(name: "a"), EncodedRecords())]) == nil)
        let bytes = encoder.traces([
            (InstrumentationScope(name: "a"), EncodedRecords()),
            (InstrumentationScope(name: "b"), records([[1]])),
        ])
        let scopes = bytes.flatMap(WireMessage.init)?.messages(1).first?.messages(2) ?? []
        #expect(scopes.map { $0.messages(1).first?.text(1) } == ["b"])
    }

    @Test(arguments: [1, 500, 20_000])
    func `every span is there once whatever their number`(count: Int) {
        let bodies = (0..<count).map { [UInt8](repeating: UInt8($0 % 251), count: 1 + $0 % 400) }
        let bytes = encoder.traces([(InstrumentationScope(name: "a"), records(bodies))])
        let scopes = bytes.flatMap(WireMessage.init)?.messages(1).first?.messages(2) ?? []
        #expect(scopes.first?.blobs(2) == bodies)
    }
}

import Testing

@testable import PostmeterModel

@Suite struct AttributeEncodingTests {
    @Test func `a text attribute is a KeyValue behind its field's tag`() {
        let encoded = EncodedAttributes([Attribute("k", "v")], for: .numberPoint)
        #expect(encoded.bytes == [0x3a, 8, 0x0a, 1, 0x6b, 0x12, 3, 0x0a, 1, 0x76])
    }

    @Test(
        arguments: [
            .string(""), .string("Zürich"), .string(String(repeating: "x", count: 300)), .bool(true),
            .bool(false),
            .int(0), .int(-1), .int(.max), .int(.min), .double(0), .double(-1.5), .double(.infinity),
            .strings(["a", "", "c"]), .bools([true, false]), .ints([1, -2]), .doubles([0.5]),
        ] as [AttributeValue])
    func `encode then decode is identity`(value: AttributeValue) {
        let attributes = [Attribute("first", "1"), Attribute("value", value), Attribute("last", 3)]
        let encoded = EncodedAttributes(attributes, for: .span)
        #expect(encoded.attributes == attributes)
    }

    @Test func `a truncated encoding ends the walk and reads nothing past it`() {
        let bytes = EncodedAttributes([Attribute("a", "one"), Attribute("b", "two")], for: .span).bytes
        for length in 0..<bytes.count {
            let read = Array(bytes[..<length]).withUnsafeBytes { AttributeReader.attributes(in: $0) }
            #expect(read.count <= 1)
        }
    }

    @Test(
        arguments: [(0, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3), (UInt64.max, 10)] as [(UInt64, Int)]
    )
    func `a varint has the length that is said`(value: UInt64, length: Int) {
        var writer = ProtobufWriter()
        writer.varint(value)
        #expect(writer.bytes.count == length)
        #expect(ProtobufWriter.varintLength(value) == length)
    }

    @Test func `the later value of a resource key holds`() {
        let resource = Resource([Attribute("service.name", "a"), Attribute("x", 1)])
            .merging(Resource([Attribute("service.name", "b")]))
        #expect(resource.attributes == [Attribute("service.name", "b"), Attribute("x", 1)])
        #expect(resource["service.name"] == "b")
        #expect(resource["x"] == nil)
    }

    @Test func `ids are written in hexadecimal`() {
        #expect(
            TraceID(high: 0x4bf9_2f35_77b3_4da6, low: 0xa3ce_929d_0e0e_4736).description
                == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(SpanID(0xf0).description == "00000000000000f0")
    }

    @Test func `seconds between instants keep their sign`() {
        let early = UnixTime(nanoseconds: 1_000_000_000)
        let late = UnixTime(nanoseconds: 3_500_000_000)
        #expect(late.seconds(since: early) == 2.5)
        #expect(early.seconds(since: late) == -2.5)
    }
}

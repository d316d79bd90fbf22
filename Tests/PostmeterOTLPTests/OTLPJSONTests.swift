import PostmeterOTLP
import Testing

@Suite struct OTLPJSONTests {
    private func line(_ request: OTLPJSON.Request, _ body: [UInt8]) -> String? {
        OTLPJSON.line(request, body).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A request of traces around one span.
    private func traces(_ span: [UInt8]...) -> [UInt8] {
        WireBytes.bytes(1, WireBytes.bytes(2, WireBytes.bytes(2, span.flatMap { $0 })))
    }

    /// What the span of such a request is in JSON.
    private func span(_ fields: String) -> String {
        #"{"resourceSpans":[{"scopeSpans":[{"spans":[{\#(fields)}]}]}]}"#
    }

    @Test func `ids are hexadecimal, times texts, enums numbers`() {
        let body = traces(
            WireBytes.bytes(1, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]),
            WireBytes.bytes(2, [1, 2, 3, 4, 5, 6, 7, 0xab]), WireBytes.text(5, "deliver"),
            WireBytes.varint(6, 3), WireBytes.fixed64(7, 1_760_000_000_000_000_001),
            WireBytes.fixed32(16, 0x101), WireBytes.bytes(15, WireBytes.varint(3, 2)))
        #expect(
            line(.traces, body)
                == span(
                    #""traceId":"000102030405060708090a0b0c0d0eff","spanId":"01020304050607ab","#
                        + #""flags":257,"name":"deliver","kind":3,"startTimeUnixNano":"1760000000000000001","#
                        + #""status":{"code":2}"#))
    }

    @Test func `every kind of value is written as JSON has it`() {
        func attribute(_ key: String, _ value: [UInt8]) -> [UInt8] {
            WireBytes.bytes(9, WireBytes.text(1, key), WireBytes.bytes(2, value))
        }
        let body = traces(
            attribute("s", WireBytes.text(1, "a\"b\\c\n\u{1}é")), attribute("b", WireBytes.varint(2, 1)),
            attribute("i", WireBytes.varint(3, UInt64(bitPattern: -5))),
            attribute("d", WireBytes.double(4, 0.25)), attribute("nan", WireBytes.double(4, .nan)),
            attribute("inf", WireBytes.double(4, -.infinity)),
            attribute(
                "l", WireBytes.bytes(5, WireBytes.bytes(1, WireBytes.varint(3, 1)), WireBytes.bytes(1, []))),
            attribute(
                "m",
                WireBytes.bytes(
                    6, WireBytes.bytes(1, WireBytes.text(1, "k"), WireBytes.bytes(2, WireBytes.text(1, "v"))))
            ),
            attribute("bytes", WireBytes.bytes(7, [0xff, 0xfe, 0xfd, 0xfc])))
        let expected = [
            #"{"key":"s","value":{"stringValue":"a\"b\\c\n\u0001é"}}"#,
            #"{"key":"b","value":{"boolValue":true}}"#, #"{"key":"i","value":{"intValue":"-5"}}"#,
            #"{"key":"d","value":{"doubleValue":0.25}}"#, #"{"key":"nan","value":{"doubleValue":"NaN"}}"#,
            #"{"key":"inf","value":{"doubleValue":"-Infinity"}}"#,
            #"{"key":"l","value":{"arrayValue":{"values":[{"intValue":"1"},{}]}}}"#,
            #"{"key":"m","value":{"kvlistValue":{"values":[{"key":"k","value":{"stringValue":"v"}}]}}}"#,
            #"{"key":"bytes","value":{"bytesValue":"//79/A=="}}"#,
        ]
        #expect(line(.traces, body) == span(#""attributes":[\#(expected.joined(separator: ","))]"#))
    }

    @Test(arguments: [
        ([], ""), ([0x66], "Zg=="), ([0x66, 0x6f], "Zm8="), ([0x66, 0x6f, 0x6f], "Zm9v"),
        ([0x66, 0x6f, 0x6f, 0x62], "Zm9vYg=="), ([0xfb, 0xff, 0xbf], "+/+/"),
    ])
    func `bytes are base64`(bytes: [UInt8], text: String) {
        let body = traces(
            WireBytes.bytes(9, WireBytes.text(1, "k"), WireBytes.bytes(2, WireBytes.bytes(7, bytes))))
        #expect(
            line(.traces, body) == span(#""attributes":[{"key":"k","value":{"bytesValue":"\#(text)"}}]"#))
    }

    @Test func `numbers in a row are a list, packed or not`() {
        let point = [
            WireBytes.fixed64(4, 6), WireBytes.double(5, 1.5),
            WireBytes.bytes(6, WireBytes.plain(1), WireBytes.plain(2)), WireBytes.fixed64(6, 3),
            WireBytes.bytes(7, WireBytes.plain((0.5).bitPattern), WireBytes.plain((1.0).bitPattern)),
        ].flatMap { $0 }
        let exponential = [
            WireBytes.varint(6, 3),
            WireBytes.bytes(8, WireBytes.varint(1, 4), WireBytes.bytes(2, [1, 0x80, 1])),
        ].flatMap { $0 }
        let body = WireBytes.bytes(
            1,
            WireBytes.bytes(
                2, WireBytes.bytes(2, WireBytes.bytes(9, WireBytes.bytes(1, point), WireBytes.varint(2, 2))),
                WireBytes.bytes(2, WireBytes.bytes(10, WireBytes.bytes(1, exponential)))))
        #expect(
            line(.metrics, body)
                == #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"histogram":{"dataPoints":[{"#
                + #""count":"6","sum":1.5,"bucketCounts":["1","2","3"],"explicitBounds":[0.5,1.0]}],"#
                + #""aggregationTemporality":2}},{"exponentialHistogram":{"dataPoints":[{"scale":-2,"#
                + #""positive":{"offset":2,"bucketCounts":["1","128"]}}]}}]}]}]}"#)
    }

    @Test func `a log record has its name, its severity and its body`() {
        let record = [
            WireBytes.fixed64(1, 7), WireBytes.varint(2, 17), WireBytes.text(3, "ERROR"),
            WireBytes.bytes(5, WireBytes.text(1, "bounced")), WireBytes.text(12, "email.bounced"),
        ].flatMap { $0 }
        let body = WireBytes.bytes(
            1, WireBytes.bytes(1, WireBytes.bytes(1, WireBytes.text(1, "service.name"))),
            WireBytes.bytes(2, WireBytes.bytes(1, WireBytes.text(1, "scope")), WireBytes.bytes(2, record)))
        #expect(
            line(.logs, body)
                == #"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name"}]},"#
                + #""scopeLogs":[{"scope":{"name":"scope"},"logRecords":[{"timeUnixNano":"7","#
                + #""severityNumber":17,"severityText":"ERROR","body":{"stringValue":"bounced"},"#
                + #""eventName":"email.bounced"}]}]}]}"#)
    }

    @Test func `fields that are not known are left out, and broken bytes are refused`() {
        #expect(line(.traces, []) == "{}")
        #expect(line(.traces, traces(WireBytes.varint(99, 1))) == span(""))
        let whole = traces(WireBytes.text(5, "n"))
        for end in 1..<whole.count {
            #expect(line(.traces, Array(whole[..<end])) == nil)
        }
        // A name that is a number, and nesting without end.
        #expect(line(.traces, traces(WireBytes.varint(5, 1))) == nil)
        var value = WireBytes.text(1, "x")
        for _ in 0..<100 { value = WireBytes.bytes(5, WireBytes.bytes(1, value)) }
        #expect(
            line(.traces, traces(WireBytes.bytes(9, WireBytes.text(1, "k"), WireBytes.bytes(2, value))))
                == nil)
    }
}

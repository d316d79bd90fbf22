import Postmeter

/// Spans and log records with everything that they can have.
struct Records {
    /// A context that came from elsewhere.
    static let remote = SpanContext(
        traceID: TraceID(high: 0x4bf9_2f35_77b3_4da6, low: 0xa3ce_929d_0e0e_4736),
        spanID: SpanID(0x00f0_67aa_0ba9_02b7), flags: 1, state: "peer=1,other=a:b", isRemote: true)

    /// The context that exemplars and log records point at.
    static let here = SpanContext(
        traceID: TraceID(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210),
        spanID: SpanID(0x0102_0304_0506_0708), flags: 1)

    static let attributes: [Attribute] = [
        Attribute("text", "ä and \u{1F4E8}"), Attribute("empty", ""), Attribute("number", .int(.min)),
        Attribute("ratio", 0.1), Attribute("yes", true), Attribute("no", false),
        Attribute("texts", .strings(["a", ""])), Attribute("numbers", .ints([1, -1, 0])),
        Attribute("ratios", .doubles([0.5, -0.0])), Attribute("flags", .bools([true, false])),
    ]

    private static let start: UInt64 = 1_700_000_000_123_456_789

    let postmeter: Postmeter

    init(_ postmeter: Postmeter) {
        self.postmeter = postmeter
    }

    /// Nanoseconds after the beginning.
    private func time(_ nanoseconds: UInt64) -> UnixTime {
        UnixTime(nanoseconds: Self.start + nanoseconds)
    }

    func record() {
        recordSpans()
        recordLogs()
    }

    private func recordSpans() {
        var server = postmeter.tracer.startSpan(
            "GET /things/{id}", kind: .server, parent: Self.remote, at: time(0))
        for attribute in Self.attributes { server.set(attribute) }
        server.addEvent("cache miss", at: time(5), Self.attributes)
        server.addEvent("nothing to say", at: time(6))
        server.addLink(Self.here, Self.attributes)
        server.addLink(Self.remote)
        server.setStatus(.error("it broke: ä"))
        for (name, kind) in [
            ("inside", SpanKind.internal), ("call", .client), ("hand on", .producer), ("take", .consumer),
        ] {
            var child = postmeter.tracer.startSpan(name, kind: kind, parent: server.context, at: time(10))
            if kind == .client { child.setStatus(.ok) }
            child.end(at: time(20))
        }
        server.end(at: time(1_000_000_000))
        var busy = postmeter.tracer.startSpan("busy", at: time(0))
        for number in 0..<130 {
            busy.set("key.\(number)", number)
            busy.addEvent("event", at: time(UInt64(number)))
            busy.addLink(Self.here)
        }
        busy.end(at: time(500))
    }

    private func recordLogs() {
        postmeter.logs.record(
            scope: "differential", severity: .warn, severityText: "WARN", body: "the disk is nearly full: ä",
            context: Self.here, time: time(1), eventName: "disk.full", attributes: Self.attributes)
        for (severity, text) in [
            (LogSeverity.trace, "TRACE"), (.debug, "DEBUG"), (.info, "INFO"), (.error, "ERROR"),
            (.fatal, "FATAL"),
        ] {
            postmeter.logs.record(
                scope: "differential", severity: severity, severityText: text, body: "said as \(text)",
                time: time(2), attributes: [])
        }
    }
}

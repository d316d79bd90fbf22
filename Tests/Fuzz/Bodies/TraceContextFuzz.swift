import PostmeterModel
import PostmeterTracing

/// The headers `traceparent` and `tracestate`, one a line.
enum TraceContextFuzz {
    static let target = FuzzTarget("trace-context", run)

    @Sendable private static func run(_ input: [UInt8]) throws {
        var input = FuzzInput(input)
        let header = input.line() ?? ""
        let state = input.isAtEnd ? nil : input.text
        guard let context = TraceContext.parse(traceparent: header, tracestate: state) else {
            try require(!isPlain(header), "\(header) is refused")
            return
        }
        try require(
            context.isValid && context.isRemote && context.flags < 4, "\(context) is not to be trusted")
        let written = TraceContext.traceparent(of: context)
        try require(isPlain(written), "\(written) is written, which is no traceparent")
        // All but the version and the flags that nobody defined.
        let (read, wrote) = (Array(header.utf8), Array(written.utf8))
        try require(read[2..<53] == wrote[2..<53], "\(header) becomes \(written)")
        if isPlain(header), read[53] == 0x30, read[54] < 0x34 {
            try require(header == written, "\(header) becomes \(written)")
        }
        let again = TraceContext.parse(traceparent: written, tracestate: context.state)
        try require(again == context, "\(context) becomes \(again.debugDescription)")
        try check(context.state, from: state)
    }

    /// Whether a text is a traceparent of version 00 with ids that are not all zeros.
    private static func isPlain(_ header: String) -> Bool {
        let bytes = Array(header.utf8)
        guard bytes.count == 55, bytes[0] == 0x30, bytes[1] == 0x30 else { return false }
        let isFormed = bytes.enumerated().allSatisfy { place, byte in
            [2, 35, 52].contains(place)
                ? byte == 0x2d : (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
        }
        return isFormed && bytes[3..<35].contains { $0 != 0x30 } && bytes[36..<52].contains { $0 != 0x30 }
    }

    private static func check(_ state: String, from header: String?) throws {
        guard !state.isEmpty else { return }
        let members = state.utf8.split(separator: 0x2c, omittingEmptySubsequences: false).map(Array.init)
        let keys = members.map { $0.prefix { $0 != 0x3d } }
        try require(
            state.utf8.count <= 512 && members.count <= 32 && Set(keys).count == members.count
                && zip(keys, members).allSatisfy { !$0.isEmpty && $0.count < $1.count },
            "\(state.debugDescription) is passed on"
        )
        let given = (header ?? "").utf8.split(separator: 0x2c).map { part in
            let text = part.drop { $0 == 0x20 || $0 == 0x09 }
            return Array(text.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed())
        }
        try require(
            Array(given.filter { !$0.isEmpty }.prefix(members.count)) == members,
            "\((header ?? "").debugDescription) becomes \(state)"
        )
    }
}

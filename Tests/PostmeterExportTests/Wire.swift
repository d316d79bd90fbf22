/// Reads protocol buffers as far as a test asks: the bodies of the fields on a path of numbers.
enum Wire {
    struct Malformed: Error {}

    /// All length-delimited fields that the path leads to.
    static func bodies(_ message: [UInt8], _ path: Int...) throws -> [[UInt8]] {
        try path.reduce([message]) { messages, number in
            try messages.flatMap { try fields($0).filter { $0.number == number }.map(\.body) }
        }
    }

    static func texts(_ message: [UInt8], _ path: [Int]) throws -> [String] {
        try path.reduce([message]) { messages, number in
            try messages.flatMap { try fields($0).filter { $0.number == number }.map(\.body) }
        }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The fields of a message; the body of a number is eight bytes, the lowest first.
    private static func fields(_ message: [UInt8]) throws -> [(number: Int, body: [UInt8])] {
        var list: [(number: Int, body: [UInt8])] = []
        var position = 0
        func varint() throws -> Int {
            var value = 0
            var shift = 0
            while true {
                guard position < message.count, shift < 64 else { throw Malformed() }
                let byte = message[position]
                position += 1
                value |= Int(byte & 0x7f) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
        }
        while position < message.count {
            let tag = try varint()
            switch tag & 7 {
            case 0:
                let value = UInt64(bitPattern: Int64(try varint()))
                list.append((tag >> 3, (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }))
            case 1:
                guard position + 8 <= message.count else { throw Malformed() }
                list.append((tag >> 3, Array(message[position..<(position + 8)])))
                position += 8
            case 5: position += 4
            case 2:
                let count = try varint()
                guard position + count <= message.count else { throw Malformed() }
                list.append((tag >> 3, Array(message[position..<(position + count)])))
                position += count
            default: throw Malformed()
            }
        }
        return list
    }

    /// The names of the metrics in an `ExportMetricsServiceRequest`.
    static func metricNames(_ body: [UInt8]) throws -> [String] { try texts(body, [1, 2, 2, 1]) }

    /// The number of spans in an `ExportTraceServiceRequest`.
    static func spanCount(_ body: [UInt8]) throws -> Int { try bodies(body, 1, 2, 2).count }

    /// A point of an integer sum.
    struct SumPoint: Hashable {
        let start: UInt64
        let end: UInt64
        let value: Int64
    }

    /// The points of the integer sums of a name in an `ExportMetricsServiceRequest`.
    static func sumPoints(_ body: [UInt8], _ name: String) throws -> [SumPoint] {
        try bodies(body, 1, 2, 2)
            .filter { try texts($0, [1]) == [name] }
            .flatMap { try bodies($0, 7, 1) }
            .map { point in
                SumPoint(
                    start: try fixed(point, 2),
                    end: try fixed(point, 3),
                    value: Int64(bitPattern: try fixed(point, 6))
                )
            }
    }

    /// The temporality of a sum or histogram of a name in an `ExportMetricsServiceRequest`.
    static func temporality(_ body: [UInt8], _ name: String) throws -> UInt64 {
        let metrics = try bodies(body, 1, 2, 2).filter { try texts($0, [1]) == [name] }
        guard let metric = metrics.first else { throw Malformed() }
        // sum = 7, histogram = 9; aggregation_temporality = 2 of both.
        guard let data = try (bodies(metric, 7) + bodies(metric, 9)).first else { throw Malformed() }
        return try fixed(data, 2)
    }

    private static func fixed(_ message: [UInt8], _ number: Int) throws -> UInt64 {
        guard let bytes = try bodies(message, number).first, bytes.count == 8 else { throw Malformed() }
        return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The names of the scopes in a request, each with the number of its records, in their order.
    static func recordCounts(_ body: [UInt8]) throws -> [(scope: String, records: Int)] {
        try bodies(body, 1, 2).map { scope in
            (try texts(scope, [1, 1]).joined(), try bodies(scope, 2).count)
        }
    }
}

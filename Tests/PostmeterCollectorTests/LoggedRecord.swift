import PostmeterModel
import PostmeterTracing

/// A log record as a receiver reads it: the fields that the tests of the collector ask for.
struct LoggedRecord: Equatable {
    var scope = ""
    var severity = 0
    var body = ""
    var attributes: [String: String] = [:]

    /// The records that wait, in their order.
    static func drain(_ recorder: LogRecorder) -> [LoggedRecord] {
        recorder.drain().flatMap { scope, records in
            (0..<records.count).map { index in
                LoggedRecord(scope.name, Array(records.bytes[records.range(of: index)]))
            }
        }
    }

    private init(_ scope: String, _ bytes: [UInt8]) {
        self.scope = scope
        for (number, value, field) in Self.fields(bytes) {
            switch number {
            case 2: severity = value
            case 5: body = Self.text(of: field)
            case 6:
                let pair = Self.fields(field)
                let key = pair.first { $0.number == 1 }.map { String(decoding: $0.bytes, as: UTF8.self) }
                attributes[key ?? ""] = pair.first { $0.number == 2 }.map { Self.text(of: $0.bytes) }
            default: break
            }
        }
    }

    /// The text of an `AnyValue`.
    private static func text(of value: [UInt8]) -> String {
        fields(value).first { $0.number == 1 }.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    }

    private static func fields(_ bytes: [UInt8]) -> [(number: Int, value: Int, bytes: [UInt8])] {
        var rest = bytes[...]
        func varint() -> Int {
            var value = 0
            var shift = 0
            while let byte = rest.popFirst() {
                value |= Int(byte & 0x7f) << shift
                if byte < 0x80 { break }
                shift += 7
            }
            return value
        }
        var fields: [(number: Int, value: Int, bytes: [UInt8])] = []
        while !rest.isEmpty {
            let tag = varint()
            switch tag & 7 {
            case 0: fields.append((tag >> 3, varint(), []))
            case 1: rest = rest.dropFirst(8)
            case 5: rest = rest.dropFirst(4)
            default:
                let length = varint()
                fields.append((tag >> 3, 0, Array(rest.prefix(length))))
                rest = rest.dropFirst(length)
            }
        }
        return fields
    }
}

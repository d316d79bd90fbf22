/// Requests of OTLP in its JSON mapping, for people to read.
///
/// It reads the bytes that were encoded for a receiver, so it shows what is sent and not what should be. Field
/// names are in lower camel case, ids hexadecimal, enums numbers, 64-bit integers texts; what is not in the
/// request is not in the JSON.
///
/// Source: OTLP specification, "JSON Protobuf Encoding".
package enum OTLPJSON {
    /// What a request carries.
    package enum Request: Sendable {
        case metrics
        case traces
        case logs
    }

    /// One line of JSON without its end; nil when the bytes are no such request.
    ///
    /// A line has at most about twenty times the bytes of its request.
    package static func line(_ request: Request, _ body: [UInt8]) -> [UInt8]? {
        let message: JSONMessage =
            switch request {
            case .metrics: .metricsRequest
            case .traces: .tracesRequest
            case .logs: .logsRequest
            }
        var writer = JSONWriter()
        do throws(WireDamage) {
            try writer.write(message, body[...], depth: 0)
        } catch {
            return nil
        }
        return writer.bytes
    }
}

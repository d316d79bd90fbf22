public import PostmeterModel

/// Reads and writes the headers `traceparent` and `tracestate`.
///
/// Source: W3C Trace Context level 2, sections 3.2 and 3.3.
public enum TraceContext {
    /// Reads the headers of a request.
    ///
    /// - Parameters:
    ///   - traceparent: The value of `traceparent`; nil when the header is absent.
    ///   - tracestate: The values of `tracestate` joined with commas; nil when absent. A malformed one is
    ///     ignored and the rest kept.
    /// - Returns: A remote context, or nil when `traceparent` is absent or malformed.
    public static func parse(traceparent: String?, tracestate: String? = nil) -> SpanContext? {
        guard let traceparent, var context = parse(traceparent) else { return nil }
        context.state = tracestate.flatMap(TraceState.normalized) ?? ""
        return context
    }

    /// The value of `traceparent` for a request made within a span, in version 00.
    ///
    /// Of the flags only those are sent that the specification defines: sampled and random.
    public static func traceparent(of context: SpanContext) -> String {
        String(unsafeUninitializedCapacity: length) { buffer in
            var writer = HexWriter(buffer)
            writer.hex(0, digits: 2)
            writer.dash()
            writer.hex(context.traceID.high, digits: 16)
            writer.hex(context.traceID.low, digits: 16)
            writer.dash()
            writer.hex(context.spanID.value, digits: 16)
            writer.dash()
            writer.hex(UInt64(context.flags & 3), digits: 2)
            return writer.count
        }
    }

    /// The bytes of a header of version 00.
    private static let length = 55
    private static let dash = UInt8(ascii: "-")

    private static func parse(_ header: String) -> SpanContext? {
        let bytes = Array(header.utf8.prefix(length + 1))
        guard bytes.count >= length, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            let version = hex(bytes[0..<2]), version != 0xff,
            // A later version may have more fields behind these.
            bytes.count == length || (version != 0 && bytes[length] == dash),
            let high = hex(bytes[3..<19]), let low = hex(bytes[19..<35]), let span = hex(bytes[36..<52]),
            let flags = hex(bytes[53..<55])
        else { return nil }
        let context = SpanContext(
            traceID: TraceID(high: high, low: low),
            spanID: SpanID(span),
            flags: UInt8(flags & 3),
            isRemote: true
        )
        return context.isValid ? context : nil
    }

    /// Lower-case digits only: the specification refuses others.
    private static func hex(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"):
                value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }

    private struct HexWriter {
        private let buffer: UnsafeMutableBufferPointer<UInt8>
        private(set) var count = 0

        init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
            self.buffer = buffer
        }

        mutating func dash() {
            buffer[count] = TraceContext.dash
            count += 1
        }

        mutating func hex(_ value: UInt64, digits: Int) {
            for index in 0..<digits {
                let digit = UInt8(truncatingIfNeeded: value >> UInt64(4 * (digits - 1 - index))) & 15
                buffer[count] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                count += 1
            }
        }
    }
}

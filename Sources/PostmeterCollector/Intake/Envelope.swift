package import PostmeterModel

/// A webhook as it is journaled: where it came in, the headers that its platform's decoder needs, the raw body
/// and the context of the span that served it.
///
/// Layout, little-endian: version (1 byte, 1), flags of the span (1), trace id (16), span id (8), then texts
/// behind a 16-bit length: route, and name and value of each header behind a count of one byte; the rest is the
/// body.
package struct Envelope {
    /// The place of the endpoint in the fleet: `endpoint provider organization/account`.
    ///
    /// It is in the envelope because the journal is folded by what held when the webhook was accepted.
    package var route: String
    /// The headers that the decoder of the platform needs, names in lower case.
    package var headers: [(name: String, value: String)]
    /// The SERVER span, for links; nil when there was none.
    package var span: SpanContext?

    package init(route: String, headers: [(name: String, value: String)], span: SpanContext?) {
        self.route = route
        self.headers = headers
        self.span = span
    }

    private static let version: UInt8 = 1

    /// Room for what stands before the largest body in the journal: far more than the headers of a request take.
    static let headBytesLimit = 256 << 10

    /// The bytes that stand before the body in the journal.
    package func encodedHead() -> [UInt8] {
        var bytes: [UInt8] = []
        let texts = route.utf8.count + headers.reduce(0) { $0 + 4 + $1.name.utf8.count + $1.value.utf8.count }
        bytes.reserveCapacity(32 + texts)
        bytes.append(Self.version)
        bytes.append(span?.flags ?? 0)
        for word in [span?.traceID.high ?? 0, span?.traceID.low ?? 0, span?.spanID.value ?? 0] {
            withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
        }
        Self.append(route, to: &bytes)
        bytes.append(UInt8(truncatingIfNeeded: min(headers.count, 255)))
        for header in headers.prefix(255) {
            Self.append(header.name, to: &bytes)
            Self.append(header.value, to: &bytes)
        }
        return bytes
    }

    /// Why bytes that ``read(_:)`` takes for none are no envelope.
    static func problem(_ bytes: UnsafeRawBufferPointer) -> String {
        guard let found = bytes.first, found > version else { return "the record is not an envelope" }
        return "the envelope is of version \(found), which this version of postmeter does not read"
    }

    /// The route of an envelope, where it stands in `bytes`; nil when those are no envelope.
    static func route(in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard bytes.count >= 28, bytes[0] == version else { return nil }
        let length = Int(bytes[26]) | Int(bytes[27]) << 8
        guard 28 + length <= bytes.count else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[28..<(28 + length)])
    }

    /// Reads an envelope, with the body where it stands in `bytes`; nil when the bytes are not one.
    ///
    /// - Parameter route: Its route when that is known; the text in `bytes` is passed over then.
    static func read(
        _ bytes: UnsafeRawBufferPointer, route known: String? = nil
    ) -> (envelope: Envelope, body: UnsafeRawBufferPointer)? {
        guard bytes.count >= 26, bytes[0] == version else { return nil }
        func word(at offset: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        let context = SpanContext(
            traceID: TraceID(high: word(at: 2), low: word(at: 10)), spanID: SpanID(word(at: 18)),
            flags: bytes[1])
        var position = 26
        func text() -> String? {
            guard position + 2 <= bytes.count else { return nil }
            let length = Int(bytes[position]) | Int(bytes[position + 1]) << 8
            guard position + 2 + length <= bytes.count else { return nil }
            defer { position += 2 + length }
            return String(decoding: bytes[(position + 2)..<(position + 2 + length)], as: UTF8.self)
        }
        var route = known
        if let known {
            position += 2 + known.utf8.count
        } else {
            route = text()
        }
        guard let route, position < bytes.count else { return nil }
        let count = Int(bytes[position])
        position += 1
        var headers: [(name: String, value: String)] = []
        headers.reserveCapacity(count)
        for _ in 0..<count {
            guard let name = text(), let value = text() else { return nil }
            headers.append((name, value))
        }
        let body = UnsafeRawBufferPointer(rebasing: bytes[position...])
        return (Envelope(route: route, headers: headers, span: context.isValid ? context : nil), body)
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let utf8 = text.utf8.prefix(Int(UInt16.max))
        bytes.append(UInt8(truncatingIfNeeded: utf8.count))
        bytes.append(UInt8(truncatingIfNeeded: utf8.count >> 8))
        bytes.append(contentsOf: utf8)
    }
}

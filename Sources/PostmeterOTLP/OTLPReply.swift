import COTLP

/// What a receiver answers to an export.
///
/// The bytes come from outside: anything that cannot be read says nothing, and no text longer than
/// ``textLimit`` bytes leaves this type.
package enum OTLPReply {
    /// The part of an accepted request that the receiver refused or warns about; it must not be sent again.
    package struct PartialSuccess: Sendable, Hashable {
        /// The data points, spans or log records refused; 0 when the message is only a warning.
        package let rejected: Int64
        /// The receiver's reason, in one line; may be empty.
        package let message: String

        package init(rejected: Int64, message: String) {
            self.rejected = rejected
            self.message = message
        }
    }

    /// The longest text taken from a reply, in bytes of UTF-8.
    package static let textLimit = 1_024
    /// The longest reply that is read, in bytes; a true one takes a few hundred.
    package static let bodyLimit = 64 * 1_024

    /// What an `ExportMetricsServiceResponse` says, or nil when all points were taken.
    package static func metrics(_ body: [UInt8]) -> PartialSuccess? {
        partialSuccess(in: body)
    }

    /// What an `ExportTraceServiceResponse` says, or nil when all spans were taken.
    package static func traces(_ body: [UInt8]) -> PartialSuccess? {
        partialSuccess(in: body)
    }

    /// What an `ExportLogsServiceResponse` says, or nil when all log records were taken.
    package static func logs(_ body: [UInt8]) -> PartialSuccess? {
        partialSuccess(in: body)
    }

    /// The reason in the body of an error answer: that of a `google.rpc.Status`, else the body when it is
    /// text, else empty.
    package static func message(of errorBody: [UInt8]) -> String {
        if let status = unpack(errorBody, otlp__status__unpack, otlp__status__free_unpacked) {
            defer { status.free() }
            let message = line(status.message.pointee.message)
            if !message.isEmpty { return message }
        }
        let start = errorBody.prefix(textLimit)
        guard !start.contains(where: { $0 < 0x20 && !(0x09...0x0d).contains($0) }) else { return "" }
        return line(start)
    }

    /// The three replies are the same on the wire.
    private static func partialSuccess(in body: [UInt8]) -> PartialSuccess? {
        guard let reply = unpack(body, otlp__export_reply__unpack, otlp__export_reply__free_unpacked) else {
            return nil
        }
        defer { reply.free() }
        guard let partial = reply.message.pointee.partial_success?.pointee else { return nil }
        let text = line(partial.error_message)
        guard partial.rejected > 0 || !text.isEmpty else { return nil }
        return PartialSuccess(rejected: max(partial.rejected, 0), message: text)
    }

    private static func line(_ data: ProtobufCBinaryData) -> String {
        line(UnsafeRawBufferPointer(start: data.data, count: data.data == nil ? 0 : data.len))
    }

    /// The start of a text, on one line: what is not printable becomes a space.
    private static func line(_ bytes: some Collection<UInt8>) -> String {
        var text = ""
        var length = 0
        for scalar in String(decoding: bytes.prefix(textLimit), as: UTF8.self).unicodeScalars {
            let shown = scalar.properties.generalCategory == .control ? " " : scalar
            // A byte that is no UTF-8 has become a mark of three.
            length += UTF8.width(shown)
            guard length <= textLimit else { break }
            text.unicodeScalars.append(shown)
        }
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}

/// A message that protobuf-c made, with the way to give its memory back.
private struct Unpacked<Message> {
    let message: UnsafeMutablePointer<Message>
    let free: () -> Void
}

private func unpack<Message>(
    _ body: [UInt8],
    _ unpack: (UnsafeMutablePointer<ProtobufCAllocator>?, Int, UnsafePointer<UInt8>?) -> UnsafeMutablePointer<
        Message
    >?,
    _ free: @escaping (UnsafeMutablePointer<Message>?, UnsafeMutablePointer<ProtobufCAllocator>?) -> Void
) -> Unpacked<Message>? {
    guard !body.isEmpty, body.count <= OTLPReply.bodyLimit else { return nil }
    guard let message = body.withUnsafeBufferPointer({ unpack(nil, $0.count, $0.baseAddress) }) else {
        return nil
    }
    return Unpacked(message: message) { free(message, nil) }
}

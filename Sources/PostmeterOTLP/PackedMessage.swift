import COTLP

/// The bytes of small messages, or of the part of a message that is the same in every body.
enum PackedMessage {
    /// Packs a message.
    ///
    /// - Parameter message: A message of protobuf-c, each of which begins with its base.
    static func bytes<Message>(of message: inout Message) -> [UInt8] {
        withUnsafePointer(to: &message) { message in
            let base = UnsafeRawPointer(message).assumingMemoryBound(to: ProtobufCMessage.self)
            let size = protobuf_c_message_get_packed_size(base)
            guard size > 0 else { return [] }
            return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                count = protobuf_c_message_pack(base, buffer.baseAddress)
            }
        }
    }

    /// Lends bytes as a field of bytes.
    static func lend<Result>(_ bytes: [UInt8], _ body: (ProtobufCBinaryData) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { bytes in
            // protobuf-c only reads it.
            body(
                ProtobufCBinaryData(len: bytes.count, data: UnsafeMutablePointer(mutating: bytes.baseAddress))
            )
        }
    }
}

import COTLP

/// Where the next byte of a body goes.
struct WirePlace {
    private(set) var next: UnsafeMutablePointer<UInt8>

    init(_ start: UnsafeMutablePointer<UInt8>) {
        next = start
    }

    /// Writes the tag and the length of a field, whose bytes come next.
    @inline(__always)
    mutating func open(_ tag: UInt8, length: Int) {
        next.pointee = tag
        next += 1
        var rest = UInt64(length)
        while rest >= 0x80 {
            next.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
            next += 1
            rest >>= 7
        }
        next.pointee = UInt8(truncatingIfNeeded: rest)
        next += 1
    }

    /// Copies bytes.
    mutating func copy(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return }
            next.update(from: start, count: bytes.count)
            next += bytes.count
        }
    }

    /// Packs a message.
    ///
    /// - Parameter message: A message of protobuf-c, each of which begins with its base.
    @inline(__always)
    mutating func pack(_ message: UnsafeRawPointer) {
        next += protobuf_c_message_pack(message.assumingMemoryBound(to: ProtobufCMessage.self), next)
    }
}

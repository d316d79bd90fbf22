internal import CZlib

/// Compression in gzip's format.
///
/// Source: RFC 1952.
package enum Gzip {
    /// The bytes in compressed form, at level 1; nil when memory is short.
    ///
    /// Level 1 takes half of the time of level 6 for telemetry and leaves 1.3 times as many bytes.
    package static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        bytes.withUnsafeBytes(compress)
    }

    /// The bytes in compressed form, at level 1; nil when memory is short or there are 4 GiB of them.
    package static func compress(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let length = UInt32(exactly: bytes.count) else {
            return nil
        }
        var stream = z_stream()
        guard pm_gzip_deflate_init(&stream, 1) == Z_OK else {
            return nil
        }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, uLong(length)))
        guard let room = UInt32(exactly: bound) else {
            return nil
        }
        var isWhole = false
        let compressed = [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            // zlib's input pointer is not const, but it only reads.
            stream.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
            stream.avail_in = length
            stream.next_out = output.baseAddress
            stream.avail_out = room
            isWhole = deflate(&stream, Z_FINISH) == Z_STREAM_END
            count = bound - Int(stream.avail_out)
        }
        return isWhole ? compressed : nil
    }

    /// The bytes that were compressed; nil when they are damaged, cut short or more than `limit`.
    package static func decompress(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
        guard let length = UInt32(exactly: bytes.count) else {
            return nil
        }
        var stream = z_stream()
        guard pm_gzip_inflate_init(&stream) == Z_OK else {
            return nil
        }
        defer { inflateEnd(&stream) }
        return bytes.withUnsafeBytes { input -> [UInt8]? in
            stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
            stream.avail_in = length
            return inflate(&stream, limit: limit)
        }
    }

    private static func inflate(_ stream: inout z_stream, limit: Int) -> [UInt8]? {
        var result: [UInt8] = []
        while true {
            var status = Z_OK
            // The output grows with what really comes out, never with what the input claims.
            let block = [UInt8](unsafeUninitializedCapacity: 65_536) { output, count in
                stream.next_out = output.baseAddress
                stream.avail_out = 65_536
                status = CZlib.inflate(&stream, Z_NO_FLUSH)
                count = 65_536 - Int(stream.avail_out)
            }
            guard result.count + block.count <= limit else {
                return nil
            }
            result.append(contentsOf: block)
            if status == Z_STREAM_END {
                return stream.avail_in == 0 ? result : nil
            }
            guard status == Z_OK else {
                return nil
            }
        }
    }
}

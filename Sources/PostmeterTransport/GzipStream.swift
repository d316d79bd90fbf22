internal import CZlib

/// Compression in gzip's format of bytes that come piece by piece.
///
/// Not safe for use by two threads at once.
/// Source: RFC 1952.
package final class GzipStream {
    // zlib keeps the address of its stream, so it must stay where it is.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    /// Creates a stream of level 1, as ``Gzip`` compresses; nil when memory is short.
    package init?() {
        stream.initialize(to: z_stream())
        guard pm_gzip_deflate_init(stream, 1) == Z_OK else {
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Takes the next bytes and appends what is compressed so far, which may be nothing.
    ///
    /// With `isLast` it appends all that is left; nothing may follow.
    ///
    /// - Returns: False when zlib failed, and what was appended is of no use.
    package func compress(_ bytes: [UInt8], into output: inout [UInt8], isLast: Bool) -> Bool {
        bytes.withUnsafeBytes { input in
            var start = 0
            // zlib counts in 32 bits.
            while true {
                let count = min(input.count - start, 1 << 30)
                let isEnd = start + count == input.count
                let piece = UnsafeRawBufferPointer(rebasing: input[start..<(start + count)])
                guard deflate(piece, into: &output, flush: isEnd && isLast ? Z_FINISH : Z_NO_FLUSH) else {
                    return false
                }
                start += count
                if isEnd {
                    return true
                }
            }
        }
    }

    private func deflate(
        _ bytes: UnsafeRawBufferPointer,
        into output: inout [UInt8],
        flush: Int32
    ) -> Bool {
        // zlib's input pointer is not const, but it only reads.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(bytes.count)
        var status = Z_OK
        repeat {
            output.append(addingCapacity: 16_384) { span in
                span.withUnsafeMutableBufferPointer { buffer, count in
                    let room = min(buffer.count, 1 << 30)
                    stream.pointee.next_out = buffer.baseAddress
                    stream.pointee.avail_out = UInt32(room)
                    status = CZlib.deflate(stream, flush)
                    count = room - Int(stream.pointee.avail_out)
                }
            }
            // Room that was not used up means that nothing more is to come out.
        } while status == Z_OK && stream.pointee.avail_out == 0
        // With nothing to do zlib says so by an error that is none.
        return flush == Z_FINISH ? status == Z_STREAM_END : status == Z_OK || status == Z_BUF_ERROR
    }
}

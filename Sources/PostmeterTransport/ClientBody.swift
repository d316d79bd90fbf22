/// Bytes of a body at an address that stays, which libcurl reads from while it sends.
final class ClientBody: @unchecked Sendable {
    // Safe because the bytes are written here, only read afterwards, and freed with the last reference.
    let bytes: UnsafeRawBufferPointer

    init(_ body: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, body.count), alignment: 16)
        copy.copyBytes(from: body)
        bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(copy)[..<body.count])
    }

    deinit {
        bytes.deallocate()
    }
}

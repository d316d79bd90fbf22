/// Bytes of a record that stay where they are until they are on disk, and what keeps them there.
struct HeldBytes {
    let bytes: UnsafeRawBufferPointer
    let owner: any AnyObject & Sendable
}

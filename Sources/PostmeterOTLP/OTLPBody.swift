/// The body of one request.
package struct OTLPBody: Sendable, Hashable {
    /// The bytes, uncompressed.
    package let bytes: [UInt8]
    /// The data points in it.
    package let items: Int

    package init(bytes: [UInt8], items: Int) {
        self.bytes = bytes
        self.items = items
    }
}

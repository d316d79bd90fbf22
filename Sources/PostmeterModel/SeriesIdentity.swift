/// The encoded attributes of one series, where the registry keeps them.
///
/// The bytes are those of ``EncodedAttributes/bytes`` for the field of the instrument's kind.
package struct SeriesIdentity: @unchecked Sendable {
    // Safe because the bytes never change once published and the arena that holds them lives as long as
    // `FamilySnapshot.owner`, which every holder of an identity keeps.
    package let start: UnsafeRawPointer
    package let count: Int

    @inlinable
    package init(start: UnsafeRawPointer, count: Int) {
        self.start = start
        self.count = count
    }

    /// The encoded attributes.
    @inlinable
    package var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start, count: count)
    }
}

/// The memory of the C structs of one encoding: handed out piece by piece, freed at once.
///
/// Only C structs, numbers and pointers may live in it: nothing is deinitialised. (A C struct that holds a
/// union is not `BitwiseCopyable` in Swift, so the compiler cannot be asked to see to that.)
struct EncodingArena: ~Copyable {
    private static let blockBytes = 64 * 1_024
    private static let alignment = 16

    private var blocks: [UnsafeMutableRawBufferPointer] = []
    /// What is left of the block that small pieces are cut from.
    private var rest = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    deinit {
        for block in blocks { block.deallocate() }
    }

    /// Uninitialised memory for `count` values; it stays where it is as long as the arena lives.
    mutating func allocate<T>(_ type: T.Type, count: Int) -> UnsafeMutableBufferPointer<T> {
        let bytes = (count * MemoryLayout<T>.stride + Self.alignment - 1) / Self.alignment * Self.alignment
        guard bytes <= Self.blockBytes / 4 else {
            return UnsafeMutableBufferPointer(rebasing: block(of: bytes).bindMemory(to: type)[..<count])
        }
        if bytes > rest.count { rest = block(of: Self.blockBytes) }
        let piece = UnsafeMutableRawBufferPointer(rebasing: rest[..<bytes])
        rest = UnsafeMutableRawBufferPointer(rebasing: rest[bytes...])
        return UnsafeMutableBufferPointer(rebasing: piece.bindMemory(to: type)[..<count])
    }

    /// A copy of one value.
    mutating func store<T>(_ value: T) -> UnsafeMutablePointer<T>? {
        store(CollectionOfOne(value)).baseAddress
    }

    /// Copies of values, in a row.
    mutating func store<T>(_ values: some Collection<T>) -> UnsafeMutableBufferPointer<T> {
        let place = allocate(T.self, count: values.count)
        _ = place.initialize(fromContentsOf: values)
        return place
    }

    private mutating func block(of bytes: Int) -> UnsafeMutableRawBufferPointer {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: Self.alignment)
        blocks.append(block)
        return block
    }
}

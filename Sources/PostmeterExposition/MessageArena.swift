/// The memory of the C structs of one message: handed out piece by piece, and used again for the next message.
///
/// Only C structs, numbers and pointers may live in it: nothing is deinitialised.
struct MessageArena: ~Copyable {
    private static let blockBytes = 16 * 1_024
    private static let alignment = 16

    private var blocks: [UnsafeMutableRawBufferPointer] = []
    /// The block that pieces are cut from, and how much of it is taken.
    private var place = 0
    private var taken = 0

    init() {}

    deinit {
        for block in blocks { block.deallocate() }
    }

    /// Takes everything back.
    mutating func reset() {
        place = 0
        taken = 0
    }

    /// Uninitialised memory for `count` values, which stays where it is until everything is taken back.
    mutating func allocate<T>(_ type: T.Type, count: Int) -> UnsafeMutableBufferPointer<T> {
        let stride = MemoryLayout<T>.stride
        let bytes = (max(count, 1) * stride + Self.alignment - 1) / Self.alignment * Self.alignment
        while place < blocks.count, blocks[place].count - taken < bytes {
            place += 1
            taken = 0
        }
        if place == blocks.count {
            let size = max(bytes, Self.blockBytes)
            blocks.append(.allocate(byteCount: size, alignment: Self.alignment))
            taken = 0
        }
        let piece = UnsafeMutableRawBufferPointer(rebasing: blocks[place][taken..<(taken + bytes)])
        taken += bytes
        return UnsafeMutableBufferPointer(rebasing: piece.bindMemory(to: type)[..<count])
    }

    /// A copy of one value.
    mutating func store<T>(_ value: T) -> UnsafeMutablePointer<T>? {
        let memory = allocate(T.self, count: 1)
        memory.initialize(repeating: value)
        return memory.baseAddress
    }

    /// Copies of values, in a row.
    mutating func store<T>(_ values: some Collection<T>) -> UnsafeMutableBufferPointer<T> {
        let memory = allocate(T.self, count: values.count)
        _ = memory.initialize(fromContentsOf: values)
        return memory
    }
}

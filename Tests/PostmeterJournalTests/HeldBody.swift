import PostmeterJournal

/// A body whose bytes stay in one place as long as it lives, and that tells its end.
final class HeldBody: Sendable {
    let bytes: [UInt8]
    private let place: Locked<UnsafeRawBufferPointer>
    private let onEnd: @Sendable () -> Void

    init(_ bytes: [UInt8], onEnd: @escaping @Sendable () -> Void = {}) {
        self.bytes = bytes
        self.onEnd = onEnd
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        copy.copyBytes(from: bytes)
        place = Locked(UnsafeRawBufferPointer(copy))
    }

    deinit {
        place.withLock { bytes in
            // Whoever reads it after this sees that it is wrong.
            let bytes = UnsafeMutableRawBufferPointer(mutating: bytes)
            bytes.initializeMemory(as: UInt8.self, repeating: 0xee)
            bytes.deallocate()
        }
        onEnd()
    }

    func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        body(place.withLock { $0 })
    }
}

extension Journal {
    /// Appends a head and a body that is held, and waits for the answer.
    func append(head: [UInt8], _ body: HeldBody) async -> Result<JournalPosition, JournalError> {
        await withCheckedContinuation { continuation in
            head.withUnsafeBytes { head in
                body.withBytes { bytes in
                    _ = append(
                        kind: 2,
                        head: head,
                        body: bytes,
                        keptBy: body,
                        onDurable: { continuation.resume(returning: $0) }
                    )
                    push()
                }
            }
        }
    }
}

extension Locked<Int> {
    /// Counts that somebody asked.
    func counted() -> Locked<Int> {
        withLock { $0 += 1 }
        return self
    }
}

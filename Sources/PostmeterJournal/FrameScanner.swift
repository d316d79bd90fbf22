import Glibc

/// A read that failed: the errno.
struct ReadFailure: Error {
    let code: Int32

    /// Whether the code says that what lies there is lost, and not that the moment is bad.
    var isDamage: Bool {
        [EIO, EBADMSG, EUCLEAN, ENODATA, ENOENT, ESTALE].contains(code)
    }
}

/// Reads the frames of a segment in order through a window of its own, and steps over whatever is not one.
///
/// One thread at a time. The payload of a frame is valid until the next call.
final class FrameScanner {
    /// Readable bytes after every payload.
    static let slackBytes = 64
    private static let usualBytes = 256 << 10
    private static let blockBytes = 4_096

    private let fileSystem: JournalFileSystem
    private var file: Int32 = -1
    private var codec = FrameCodec(salt: 0, number: 0)
    private var window: UnsafeMutableRawPointer
    private(set) var windowBytes: Int
    /// The file offset of the window's first byte, and how many bytes of the file it holds.
    private var windowStart = 0
    private var windowCount = 0
    /// The file offset of the next byte to look at.
    private(set) var cursor = 0
    /// The file offset after the last intact frame.
    private(set) var end = 0

    init(fileSystem: JournalFileSystem) {
        self.fileSystem = fileSystem
        windowBytes = Self.usualBytes
        window = Self.makeWindow(windowBytes)
    }

    deinit {
        close()
        window.deallocate()
    }

    /// Whether a file is open.
    var isOpen: Bool { file >= 0 }

    /// Opens the file of a segment, to read from `offset` on.
    func open(_ path: String, codec: FrameCodec, at offset: Int = SegmentHeader.areaBytes) throws(ReadFailure)
    {
        close()
        let result = fileSystem.open(path, O_RDONLY)
        guard result >= 0 else { throw ReadFailure(code: -result) }
        file = result
        self.codec = codec
        cursor = offset
        end = offset
        windowStart = offset
        windowCount = 0
    }

    func close() {
        if file >= 0 { fileSystem.close(file) }
        file = -1
    }

    /// Closes a file that was read to its end.
    ///
    /// The system's cache lets go of it at once. Its pages are then there for the segments that are made meanwhile:
    /// pages that were never used cost more than all else that is done with them, above all in a virtual machine.
    func closeRead() {
        if file >= 0 { fileSystem.forget(file) }
        close()
    }

    /// The next intact frame that ends at or before the file offset `limit`; nil when there is none.
    ///
    /// Bytes that are not a frame are searched, 8 at a time, for the next one. After nil a higher limit goes on.
    func next(limit: Int) throws(ReadFailure) -> Frame? {
        while try fill(Frame.headerBytes, limit: limit) {
            if let length = codec.length(window + (cursor - windowStart)) {
                let bytes = Frame.bytes(payload: length)
                if try fill(bytes, limit: limit),
                    let frame = codec.open(window + (cursor - windowStart), length: length)
                {
                    cursor += bytes
                    end = cursor
                    return frame
                }
            }
            search()
        }
        return nil
    }

    /// The file's bytes at `offset`, fewer at its end.
    func bytes(at offset: Int, count: Int) throws(ReadFailure) -> [UInt8] {
        // The empty array is one global, which the initializer below would write to.
        guard count > 0 else { return [] }
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count {
                let rest = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized...]
                )
                let got = fileSystem.pread(file, rest, offset + initialized)
                if got < 0 { failure = Int32(-got) }
                if got <= 0 { break }
                initialized += got
            }
        }
        if failure != 0 { throw ReadFailure(code: failure) }
        return bytes
    }

    /// The file's length in bytes; 0 when it cannot be told.
    func length() -> Int {
        max(0, fileSystem.length(file))
    }

    /// Steps over the block of the disk at the first byte that could not be read.
    func skipBlock() {
        let unread = max(cursor, windowStart + windowCount)
        cursor = (unread / Self.blockBytes + 1) * Self.blockBytes
        windowStart = cursor
        windowCount = 0
    }

    /// Gives back the memory that a long frame took, when the window holds nothing more to read.
    func shrink() {
        guard windowBytes > Self.usualBytes, windowStart + windowCount <= cursor else { return }
        moveWindow(holding: 0)
    }

    /// Moves the cursor past the word it is at, to the next in the window that could begin a frame.
    private func search() {
        cursor += 8
        let last = windowStart + windowCount - 4
        let magic = codec.magic.littleEndian
        while cursor <= last {
            if (window + (cursor - windowStart)).loadUnaligned(as: UInt32.self) == magic { return }
            cursor += 8
        }
    }

    /// Reads until the window holds `count` bytes from the cursor; false when those would pass `limit` or the
    /// end of the file.
    private func fill(_ count: Int, limit: Int) throws(ReadFailure) -> Bool {
        guard cursor + count <= limit else { return false }
        guard cursor + count > windowStart + windowCount else { return true }
        moveWindow(holding: count)
        while windowCount < count {
            let room = min(windowBytes - windowCount, limit - cursor - windowCount)
            let into = UnsafeMutableRawBufferPointer(start: window + windowCount, count: room)
            let got = fileSystem.pread(file, into, windowStart + windowCount)
            if got < 0 { throw ReadFailure(code: Int32(-got)) }
            if got == 0 { return false }
            windowCount += got
        }
        return true
    }

    /// Lets the window begin at the cursor, with room for `count` bytes and no more than is usual without need.
    private func moveWindow(holding count: Int) {
        let kept = max(0, windowStart + windowCount - cursor)
        let from = window + max(0, min(cursor - windowStart, windowCount))
        let wanted = max(Self.usualBytes, count, kept)
        if wanted > windowBytes || wanted < windowBytes / 2 {
            let other = Self.makeWindow(wanted)
            other.copyMemory(from: from, byteCount: kept)
            window.deallocate()
            window = other
            windowBytes = wanted
        } else if kept > 0 {
            memmove(window, from, kept)
        }
        windowStart = cursor
        windowCount = kept
    }

    private static func makeWindow(_ bytes: Int) -> UnsafeMutableRawPointer {
        let window = UnsafeMutableRawPointer.allocate(byteCount: bytes + slackBytes, alignment: 64)
        memset(window, 0, bytes + slackBytes)
        return window
    }
}

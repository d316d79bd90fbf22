import Glibc

/// The UTF-8 of a string, where it stands, for the time of one call.
///
/// The standard library's own doors to it cost 10 ns a string and more, most of it in reference counting.
/// So the two words of a `String` are read as they are: up to 15 bytes in place, or the address of a
/// native or literal text. The layout is not promised by anybody; `isLayoutKnown` checks it at start, and
/// when it is another one, or the string of another kind, callers take the public way.
struct TextView {
    /// Where the bytes stand; nil when they are in the words.
    let start: UnsafeRawPointer?
    let count: Int
    private let low: UInt64
    private let high: UInt64

    /// The bytes of `text`, or nil when they are not in one of the two known forms.
    ///
    /// The caller keeps `text` alive as a parameter of its own, in a function that is not inlined.
    @inline(__always)
    init?(_ text: String) {
        (low, high) = unsafeBitCast(text, to: (UInt64, UInt64).self)
        if high >> 61 & 1 == 1 {
            start = nil
            count = Int(high >> 56 & 15)
        } else if low >> 60 & 1 == 1, high >> 60 & 1 == 0 {
            // The address is of the object's head, of which 32 bytes precede the text.
            guard let head = UnsafeRawPointer(bitPattern: UInt(high & 0x0fff_ffff_ffff_ffff)) else {
                return nil
            }
            start = head + 32
            count = Int(low & 0xffff_ffff_ffff)
        } else {
            return nil
        }
    }

    /// Bytes that stand somewhere else.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(start: bytes.baseAddress, count: bytes.count, low: 0, high: 0)
    }

    private init(start: UnsafeRawPointer?, count: Int, low: UInt64, high: UInt64) {
        self.start = start
        self.count = count
        self.low = low
        self.high = high
    }

    /// No text.
    static var empty: TextView { TextView(start: nil, count: 0, low: 0, high: 0) }

    /// Calls `body` with the bytes of `text`, by its words or by the public way.
    ///
    /// The caller is not inlined and has `text` as a parameter.
    @inline(__always)
    static func with<Result>(_ text: String, _ body: (TextView) -> Result) -> Result {
        if isLayoutKnown, let view = TextView(text) { return body(view) }
        var text = text
        return text.withUTF8 { body(TextView(UnsafeRawBufferPointer($0))) }
    }

    /// The bytes up to a limit: no character is cut in two.
    @inline(__always)
    func cut(to limit: Int) -> TextView {
        count <= limit ? self : shortened(to: limit)
    }

    @inline(never)
    private func shortened(to limit: Int) -> TextView {
        var kept = limit
        while kept > 0, byte(at: kept) & 0xc0 == 0x80 { kept -= 1 }
        return TextView(start: start, count: kept, low: low, high: high)
    }

    private func byte(at offset: Int) -> UInt8 {
        guard let start else {
            let word = offset < 8 ? low : high
            return UInt8(truncatingIfNeeded: word >> UInt64(8 * (offset & 7)))
        }
        return start.load(fromByteOffset: offset, as: UInt8.self)
    }

    /// Writes the bytes and touches none behind them.
    func copyExactly(to place: UnsafeMutableRawPointer) {
        if let start {
            place.copyMemory(from: start, byteCount: count)
        } else {
            for offset in 0..<count {
                place.storeBytes(of: byte(at: offset), toByteOffset: offset, as: UInt8.self)
            }
        }
    }

    /// Writes the bytes; up to 16 bytes from `place` on may be overwritten even when there are fewer.
    @inline(__always)
    func copy(to place: UnsafeMutableRawPointer) {
        guard let start else {
            place.storeBytes(of: low, as: UInt64.self)
            place.storeBytes(of: high, toByteOffset: 8, as: UInt64.self)
            return
        }
        guard count >= 16, count <= 64 else {
            place.copyMemory(from: start, byteCount: count)
            return
        }
        // The ends first; they meet or overlap when there are no more than 32 bytes.
        Self.copy16(from: start, to: place)
        if count > 32 {
            Self.copy16(from: start + 16, to: place + 16)
            Self.copy16(from: start + (count &- 32), to: place + (count &- 32))
        }
        Self.copy16(from: start + (count &- 16), to: place + (count &- 16))
    }

    /// Two of 64 bits, or one, the same for the same text.
    @inline(__always)
    var bits: UInt64 {
        let mixed = mixed
        return 1 << (mixed >> 58) | 1 << (mixed >> 52 & 63)
    }

    /// A number whose upper bits differ for most texts that differ in their length, first or last bytes.
    @inline(__always)
    var mixed: UInt64 {
        let (first, last) = ends
        return (first ^ last &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(count)) &* 0xd6e8_feb8_6659_fd93
    }

    /// Up to 15 bytes as they are; of a longer text the first and last eight.
    @inline(__always)
    private var ends: (UInt64, UInt64) {
        guard let start else { return (low, high & 0x00ff_ffff_ffff_ffff) }
        guard count >= 16 else { return Self.short(UnsafeRawBufferPointer(start: start, count: count)) }
        return (
            start.loadUnaligned(as: UInt64.self),
            start.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        )
    }

    private static func short(_ bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64) {
        var low: UInt64 = 0
        var high: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            if index < 8 {
                low |= UInt64(byte) << UInt64(8 * index)
            } else {
                high |= UInt64(byte) << UInt64(8 * (index - 8))
            }
        }
        return (low, high)
    }

    /// Whether the text is these bytes.
    func equals(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == count else { return false }
        guard let start else {
            return Self.short(bytes) == ends
        }
        return UnsafeRawBufferPointer(start: start, count: count).elementsEqual(bytes)
    }

    @inline(__always)
    private static func copy16(from source: UnsafeRawPointer, to place: UnsafeMutableRawPointer) {
        place.storeBytes(of: source.loadUnaligned(as: SIMD2<UInt64>.self), as: SIMD2<UInt64>.self)
    }

    /// Whether strings of every kind read the same by their words and by the public way.
    static let isLayoutKnown: Bool = {
        let grown = String(repeating: "a", count: 40)
        var reserved = "short"
        reserved.reserveCapacity(64)
        let kinds = [
            "", "a", "fifteen bytes..", "sixteen bytes...", "a literal that does not fit into two words",
            "zwölf Böller", grown, grown + "é", String(grown.dropFirst(3)), reserved,
        ]
        return MemoryLayout<String>.size == 16 && kinds.allSatisfy(isReadAlike)
    }()

    @inline(never)
    private static func isReadAlike(_ text: String) -> Bool {
        guard let view = TextView(text) else { return false }
        let room = max(16, view.count)
        return withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { buffer in
            guard let place = buffer.baseAddress, view.count == text.utf8.count else { return false }
            view.copy(to: place)
            return text.utf8.elementsEqual(buffer.prefix(view.count))
        }
    }
}

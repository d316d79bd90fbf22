/// Base64 of RFC 4648, section 4, padded or not.
enum Base64 {
    /// Decodes `text`; nil when it is not base64 or decodes to more than `limit` bytes.
    ///
    /// The unused low bits of the last character are ignored, as peers do.
    static func decode(_ text: UnsafeBufferPointer<UInt8>, limit: Int) -> [UInt8]? {
        let capacity = text.count / 4 * 3 + 3
        guard capacity <= limit + 5 else { return nil }
        var valid = true
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            if let decoded = decode(text, into: UnsafeMutableRawBufferPointer(buffer)) {
                count = decoded
            } else {
                valid = false
                count = 0
            }
        }
        return valid && bytes.count <= limit ? bytes : nil
    }

    /// Decodes `text` into `output` and returns the bytes written; nil when it is not base64 or does not fit.
    static func decode(_ text: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableRawBufferPointer) -> Int?
    {
        var end = text.count
        if end % 4 == 0, end > 0, text[end - 1] == UInt8(ascii: "=") {
            end -= text[end - 2] == UInt8(ascii: "=") ? 2 : 1
        }
        let rest = end % 4
        let written = end / 4 * 3 + max(0, rest - 1)
        guard rest != 1, written <= output.count else { return nil }
        var accumulator: UInt32 = 0
        var bits: UInt32 = 0
        var count = 0
        for index in 0..<end {
            guard let value = value(of: text[index]) else { return nil }
            accumulator = accumulator << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                output[count] = UInt8(truncatingIfNeeded: accumulator >> bits)
                count += 1
            }
        }
        return count
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character) + 4
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

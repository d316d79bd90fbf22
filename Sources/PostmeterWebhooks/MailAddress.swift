/// The bare address in what platforms put into address fields.
package enum MailAddress {
    /// What RFC 5321 allows for one path, less the brackets, with room for an internationalised local part.
    private static let limit = 320

    /// The address in `Name <local@domain>` or `local@domain`, its domain in lower case.
    ///
    /// Empty when there is none: text that is longer than an address may be, or holds spaces, controls or no
    /// `@`, is none.
    package static func bare(_ text: UnsafeBufferPointer<UInt8>) -> String {
        // Nearly all that comes is an address and nothing else, or a plain name with one in brackets.
        let plain = bracketed(text) ?? text
        if isPlain(plain) { return String(decoding: plain, as: UTF8.self) }
        let place = place(in: text)
        guard place.count <= limit else { return "" }
        var at = -1
        var needsLowering = false
        for index in place {
            switch text[index] {
            case 0...0x20, 0x7F, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: ","), UInt8(ascii: ";"):
                return ""
            case UInt8(ascii: "@"):
                at = index
                needsLowering = false
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                needsLowering = true
            default:
                break
            }
        }
        guard at > place.lowerBound, at < place.upperBound - 1 else { return "" }
        guard needsLowering else {
            return String(decoding: UnsafeBufferPointer(rebasing: text[place]), as: UTF8.self)
        }
        return String(unsafeUninitializedCapacity: place.count) { buffer in
            for index in place {
                let byte = text[index]
                buffer.initializeElement(
                    at: index - place.lowerBound,
                    to: index > at ? ASCII.lowered(byte) : byte
                )
            }
            return place.count
        }
    }

    /// The address in a string.
    package static func bare(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bare($0) }
    }

    /// What stands in the brackets that a text ends in, where nothing before them is quoted or a bracket.
    private static func bracketed(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        guard text.last == UInt8(ascii: ">"), text.count <= 2 * limit else { return nil }
        var open: Int?
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "\""): return nil
            case UInt8(ascii: "<"): open = open == nil ? index : text.count
            default: break
            }
        }
        guard let open, open < text.count else { return nil }
        return UnsafeBufferPointer(rebasing: text[(open + 1)..<(text.count - 1)])
    }

    /// Whether a text is an address as it stands: nothing around it, and nothing to lower in its domain.
    private static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count <= limit else { return false }
        var at = 0
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "+"):
                break
            case UInt8(ascii: "A")...UInt8(ascii: "Z") where at == 0:
                break
            case UInt8(ascii: "@") where at == 0 && index > 0:
                at = index
            default:
                return false
            }
        }
        return at > 0 && at < text.count - 1
    }

    /// Where the address may be: between the angle brackets, or the first word when there are none.
    private static func place(in text: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        if let close = text.lastIndex(of: UInt8(ascii: ">")), let open = openBracket(in: text, before: close)
        {
            return trimmed(open + 1..<close, of: text)
        }
        let all = trimmed(0..<text.count, of: text)
        var end = all.lowerBound
        while end < all.upperBound, text[end] > 0x20, text[end] != UInt8(ascii: "(") {
            end += 1
        }
        return all.lowerBound..<end
    }

    /// The last `<` that stands outside a quoted name; the last one at all when the quotes do not pair up.
    private static func openBracket(in text: UnsafeBufferPointer<UInt8>, before close: Int) -> Int? {
        var open: Int?
        var last: Int?
        var isQuoted = false
        var index = 0
        while index < close {
            switch text[index] {
            case UInt8(ascii: "\\") where isQuoted:
                index += 1
            case UInt8(ascii: "\""):
                isQuoted.toggle()
            case UInt8(ascii: "<"):
                last = index
                open = isQuoted ? open : index
            default:
                break
            }
            index += 1
        }
        return isQuoted ? last : open
    }

    private static func trimmed(_ range: Range<Int>, of text: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, text[start] <= 0x20 {
            start += 1
        }
        while end > start, text[end - 1] <= 0x20 {
            end -= 1
        }
        return start..<end
    }
}

/// A finite double as its shortest decimal digits and the place of the point.
struct ShortestDecimal {
    private var isNegative = false
    /// Without zeros at either end; empty for zero.
    private var digits: [UInt8] = []
    /// How many digits stand before the point; may be negative or larger than the count of digits.
    private var point = 0

    init(_ value: Double) {
        var exponent = 0
        var hasPoint = false
        var text = value.description[...].utf8
        if text.first == UInt8(ascii: "-") {
            isNegative = true
            text.removeFirst()
        }
        if let mark = text.firstIndex(of: UInt8(ascii: "e")) {
            exponent = Int(Substring(text[text.index(after: mark)...])) ?? 0
            text = text[..<mark]
        }
        for byte in text {
            if byte == UInt8(ascii: ".") {
                hasPoint = true
            } else if digits.isEmpty, byte == UInt8(ascii: "0") {
                if hasPoint { point -= 1 }
            } else {
                digits.append(byte)
                if !hasPoint { point += 1 }
            }
        }
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        point = digits.isEmpty ? 1 : point + exponent
    }

    func write(to out: UnsafeMutableRawPointer) -> Int {
        var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        let zero = UInt8(ascii: "0")
        if digits.isEmpty {
            text.append(zero)
        } else if point < -3 || point > 6 {
            text.append(digits[0])
            if digits.count > 1 {
                text.append(UInt8(ascii: "."))
                text += digits[1...]
            }
            let exponent = point - 1
            text += exponent < 0 ? "e-".utf8 : "e+".utf8
            if exponent.magnitude < 10 { text.append(zero) }
            text += String(exponent.magnitude).utf8
        } else {
            text += point > 0 ? Array(digits.prefix(point)) : [zero]
            text += repeatElement(zero, count: max(0, point - digits.count))
            if digits.count > point {
                text.append(UInt8(ascii: "."))
                text += repeatElement(zero, count: max(0, -point))
                text += digits.dropFirst(max(0, point))
            }
        }
        text.withUnsafeBytes {
            out.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(out), byteCount: $0.count)
        }
        return text.count
    }
}

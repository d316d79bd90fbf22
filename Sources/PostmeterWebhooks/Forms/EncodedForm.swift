/// Forms of `application/x-www-form-urlencoded`: `name=value&name=value`.
///
/// As browsers read them, nothing is malformed: a percent sign without two digits stands for itself.
/// Source: the WHATWG's URL standard, section 5.
enum EncodedForm {
    /// Finds the fields, whose names are decoded; empty pairs between two ampersands are none.
    static func fields(of body: UnsafeRawBufferPointer) throws(DecodeFailure) -> [FormBody.Field] {
        var fields: [FormBody.Field] = []
        var start = 0
        while start < body.count {
            let end = body.index(of: UInt8(ascii: "&"), from: start) ?? body.count
            defer { start = end + 1 }
            guard end > start else { continue }
            guard fields.count < FormBody.fieldLimit else {
                throw DecodeFailure(.tooLarge, "the form has more than \(FormBody.fieldLimit) fields")
            }
            let pair = UnsafeRawBufferPointer(rebasing: body[start..<end])
            let equals = pair.index(of: UInt8(ascii: "="), from: 0).map { start + $0 }
            let name = decode(
                UnsafeRawBufferPointer(rebasing: body[start..<(equals ?? end)]),
                limit: FormBody.nameLimit + 1
            )
            guard name.count <= FormBody.nameLimit else {
                throw DecodeFailure(
                    .tooLarge,
                    "the name of field \(fields.count + 1) has more than \(FormBody.nameLimit) bytes"
                )
            }
            fields.append(
                FormBody.Field(
                    name: String(decoding: name, as: UTF8.self),
                    place: (equals.map { $0 + 1 } ?? end)..<end
                )
            )
        }
        return fields
    }

    /// The first `limit` bytes of what `text` stands for.
    static func decode(_ text: UnsafeRawBufferPointer, limit: Int) -> [UInt8] {
        let capacity = min(text.count, limit)
        // The empty array is one global, which the initializer below would write to.
        guard capacity > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: capacity) { decoded, count in
            var place = 0
            while place < text.count, count < decoded.count {
                var byte = text[place]
                place += 1
                if byte == UInt8(ascii: "+") {
                    byte = 0x20
                } else if byte == UInt8(ascii: "%"), place + 1 < text.count,
                    let high = hexDigit(text[place]), let low = hexDigit(text[place + 1])
                {
                    byte = high << 4 | low
                    place += 2
                }
                decoded.initializeElement(at: count, to: byte)
                count += 1
            }
        }
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

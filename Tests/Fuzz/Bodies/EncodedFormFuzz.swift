import PostmeterWebhooks

/// Forms of `application/x-www-form-urlencoded`: the whole input is a body, and then a value.
enum EncodedFormFuzz {
    static let target = FuzzTarget("encoded-form", run)

    private static let contentType = "application/x-www-form-urlencoded; charset=utf-8"

    @Sendable private static func run(_ input: [UInt8]) throws {
        try read(input)
        try write(input)
    }

    /// The same fields as another reader finds.
    private static func read(_ body: [UInt8]) throws {
        let pairs = body.split(separator: 0x26).map { pair in
            pair.split(separator: 0x3d, maxSplits: 1, omittingEmptySubsequences: false).map(decoded)
        }
        let isRefused =
            pairs.count > FormBody.fieldLimit || pairs.contains { $0[0].count > FormBody.nameLimit }
        try body.withUnsafeBytes { bytes in
            let form = try MultipartFormFuzz.form(contentType, bytes)
            try require(
                (form == nil) == isRefused, "\(pairs.count) pairs are read as \(form.debugDescription)")
            guard let form else { return }
            let names = pairs.map { String(decoding: $0[0], as: UTF8.self) }
            try require(form.names == names, "\(names) are read as \(form.names)")
            for name in names {
                // The first of a name counts.
                let pair = names.firstIndex(of: name).map { pairs[$0] } ?? []
                let value = try form.withBytes(name, limit: body.count) { Array($0) }
                try require(value == (pair.count > 1 ? pair[1] : []), "\(pair) is read as \(value ?? [])")
            }
        }
    }

    /// What a browser would send comes back.
    private static func write(_ value: [UInt8]) throws {
        let digits = Array("0123456789ABCDEF".utf8)
        let encoded = value.flatMap { byte -> [UInt8] in
            if byte == 0x20 { return [0x2b] }
            let isPlain = 0x30...0x39 ~= byte || 0x41...0x5a ~= byte || 0x61...0x7a ~= byte
            return isPlain ? [byte] : [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        let body = Array("a=1&value=".utf8) + encoded + Array("&b=".utf8)
        try body.withUnsafeBytes { bytes in
            let form = try MultipartFormFuzz.form(contentType, bytes)
            let found = try form?.withBytes("value", limit: encoded.count) { Array($0) }
            try require(found == value, "\(value) is read as \(found.debugDescription)")
            let text = form?.text("value", limit: 16) ?? String(repeating: "x", count: 17)
            try require(text.utf8.count <= 16, "\(text.debugDescription) has more than 16 bytes")
        }
    }

    private static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var (text, bytes) = (text, [UInt8]())
        while let byte = text.popFirst() {
            let escape = text.prefix(2)
            let isHex = escape.allSatisfy { $0 < 0x80 && Character(Unicode.Scalar($0)).isHexDigit }
            if byte == 0x25, escape.count == 2, isHex {
                bytes.append(UInt8(String(decoding: escape, as: UTF8.self), radix: 16) ?? 0)
                text = text.dropFirst(2)
            } else {
                bytes.append(byte == 0x2b ? 0x20 : byte)
            }
        }
        return bytes
    }
}

import PostmeterTransport

/// Percent-encoded text, as in the paths of requests and in header variables.
enum PercentEncodingFuzz {
    static let target = FuzzTarget("percent-encoding", run)

    @Sendable private static func run(_ input: [UInt8]) throws {
        let text = String(decoding: input, as: UTF8.self)
        let decoded = PercentEncoding.decode(text[...])
        try require(
            decoded.map { Array($0.utf8) } == reference(Array(text.utf8)),
            "\(text.debugDescription) decodes to \(decoded.debugDescription)"
        )
        for encoded in [encoded(text) { _ in true }, encoded(text) { $0 == 0x25 || $0 > 0x7e }] {
            try require(
                PercentEncoding.decode(encoded[...]).map { Array($0.utf8) } == Array(text.utf8),
                "\(encoded) does not give back \(text.debugDescription)"
            )
        }
    }

    private static func encoded(_ text: String, where isEscaped: (UInt8) -> Bool) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if isEscaped(byte) {
                let digits = Array("0123456789abcdef".utf8)
                encoded += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                encoded.append(byte)
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// The same by index; nil also for bytes that are not UTF-8.
    private static func reference(_ text: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index] == 0x25 {
                guard index + 2 < text.count,
                    text[index + 1] < 0x80, text[index + 2] < 0x80,
                    let high = Character(Unicode.Scalar(text[index + 1])).hexDigitValue,
                    let low = Character(Unicode.Scalar(text[index + 2])).hexDigitValue
                else { return nil }
                bytes.append(UInt8(high << 4 | low))
                index += 3
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return String(validating: bytes, as: UTF8.self) == nil ? nil : bytes
    }
}

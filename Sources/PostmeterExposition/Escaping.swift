/// Text inside label values and HELP lines.
enum Escaping {
    /// Appends text with backslashes and line feeds escaped, and double quotes too when they would end it.
    static func append(_ text: [UInt8], quotes: Bool, to bytes: inout [UInt8]) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            case UInt8(ascii: "\"") where quotes: bytes += "\\\"".utf8
            default: bytes.append(byte)
            }
        }
    }
}

/// A host and perhaps a port, as they stand in URLs: `name`, `name:port`, `[::1]:port`.
struct HostAddress: Sendable, Hashable {
    /// In lower case; an IPv6 address has its brackets.
    let host: String
    let port: Int?

    /// Reads an address; nil when it is none.
    init?(_ text: String) {
        let text = text.lowercased()
        let end: String.Index
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            end = text.index(after: close)
            let inner = text[text.index(after: text.startIndex)..<close]
            guard inner.utf8.count >= 2, inner.utf8.allSatisfy(Self.isAddressByte) else { return nil }
        } else {
            end = text.firstIndex(of: ":") ?? text.endIndex
            let name = text[..<end]
            guard 1...253 ~= name.utf8.count, name.utf8.allSatisfy(Self.isNameByte),
                name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty })
            else { return nil }
        }
        host = String(text[..<end])
        guard end < text.endIndex else {
            port = nil
            return
        }
        let digits = text[end...].dropFirst()
        guard text[end] == ":", 1...5 ~= digits.utf8.count,
            digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(digits), 1...65_535 ~= number
        else { return nil }
        port = number
    }

    /// Whether only this machine answers under the name.
    var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), 0x30...0x39, UInt8(ascii: ":"), UInt8(ascii: "."): true
        default: false
        }
    }
}

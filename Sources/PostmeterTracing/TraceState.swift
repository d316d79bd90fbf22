/// The list in the header `tracestate`.
///
/// Source: W3C Trace Context level 2, section 3.3.1.
enum TraceState {
    /// The most members of a list.
    private static let memberLimit = 32
    /// The most bytes that are passed on; a longer list loses members from its end.
    private static let byteLimit = 512

    /// The list without blanks around its members and without empty ones; nil when it is malformed.
    static func normalized(_ header: String) -> String? {
        var members: [Substring.UTF8View] = []
        var keys: Set<[UInt8]> = []
        for part in header.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: true) {
            let member = trimmed(Substring(part).utf8)
            if member.isEmpty { continue }
            guard let equals = member.firstIndex(of: UInt8(ascii: "=")), isKey(member[..<equals]),
                isValue(member[member.index(after: equals)...]),
                keys.insert(Array(member[..<equals])).inserted,
                members.count < memberLimit
            else { return nil }
            members.append(member)
        }
        var list = ""
        for member in members {
            guard list.utf8.count + member.count + (list.isEmpty ? 0 : 1) <= byteLimit else { break }
            if !list.isEmpty { list += "," }
            list += Substring(member)
        }
        return list
    }

    private static func trimmed(_ member: Substring.UTF8View) -> Substring.UTF8View {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var member = member
        member = member.drop(while: isBlank)
        while let last = member.last, isBlank(last) { member = member.dropLast() }
        return member
    }

    /// `simple-key` or `tenant@system`: a lower-case letter or digit, then up to 255 of a small alphabet.
    private static func isKey(_ key: Substring.UTF8View) -> Bool {
        guard let first = key.first, key.count <= 256, isLetterOrDigit(first) else { return false }
        let parts = key.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else { return false }
        return key.allSatisfy { byte in
            isLetterOrDigit(byte) || [UInt8]("_-*/@".utf8).contains(byte)
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Printable ASCII without comma and equals sign, up to 256 bytes, not empty.
    private static func isValue(_ value: Substring.UTF8View) -> Bool {
        !value.isEmpty && value.count <= 256
            && value.allSatisfy { (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "=") }
    }
}

import PostmeterModel
import PostmeterTransport
import PostmeterWebhooks

/// What platforms put into text fields: times, addresses, Message-IDs.
enum MailFieldFuzz {
    static let target = FuzzTarget("mail-fields", run)

    @Sendable private static func run(_ input: [UInt8]) throws {
        try input.withUnsafeBufferPointer { bytes in
            try checkTime(bytes)
            try checkAddress(bytes)
            try checkMasking(bytes)
            for id in [MessageIdentifier.first(in: bytes), MessageIdentifier.last(in: bytes)] {
                try require(id.utf8.count <= 998 && isLine(id), "\(id.debugDescription) is kept")
            }
        }
    }

    private static func checkTime(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        guard let time = InternetTime.parse(bytes) else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        // Another reckoning of the same calendar, which writes it as HTTP does.
        let written = HTTPDate.format(Int64(time.nanoseconds / 1_000_000_000))
        let bytes = Array(text.utf8)
        guard bytes.last == 0x5a || bytes.last == 0x7a, bytes[17] != 0x36 else { return }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let month = (Int(bytes[5]) - 0x30) * 10 + Int(bytes[6]) - 0x30
        func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        let expected = "\(part(8..<10)) \(months[month - 1]) \(part(0..<4)) \(part(11..<19)) GMT"
        try require(written.hasSuffix(expected), "\(text) is \(written)")
    }

    private static func checkMasking(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let masked = MailAddress.masking(text)
        try require(MailAddress.masking(masked) == masked, "\(masked.debugDescription) can be masked further")
        let (left, kept) = (text.utf8.count { $0 == 0x40 }, masked.utf8.count { $0 == 0x40 })
        try require(left >= kept, "masking adds an @: \(masked.debugDescription)")
        var before: UInt8 = 0x20
        for byte in masked.utf8 {
            let isLetter = (0x61...0x7a).contains(before | 0x20) || (0x30...0x39).contains(before)
            try require(byte != 0x40 || !isLetter, "an address is left in \(masked.debugDescription)")
            before = byte
        }
    }

    private static func checkAddress(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        let address = MailAddress.bare(bytes)
        guard !address.isEmpty else { return }
        let parts = address.utf8.split(separator: 0x40, omittingEmptySubsequences: false)
        try require(
            parts.count >= 2 && parts.last?.isEmpty == false && isLine(address)
                && !address.utf8.contains(0x20) && address.utf8.count <= 3 * 320,
            "\(address.debugDescription) is an address"
        )
        // In brackets a comment's mark may stand in an address, which ends one that stands alone.
        guard !address.utf8.contains(0x28), String(validating: bytes, as: UTF8.self) != nil else { return }
        try require(MailAddress.bare(address) == address, "\(address) becomes \(MailAddress.bare(address))")
    }

    private static func isLine(_ text: String) -> Bool {
        !text.utf8.contains { $0 < 0x20 || $0 == 0x7f }
    }
}

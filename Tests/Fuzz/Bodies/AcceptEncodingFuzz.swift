@testable import PostmeterExport

/// What a scraper says of compression.
enum AcceptEncodingFuzz {
    static let target = FuzzTarget("accept-encoding", run)

    @Sendable private static func run(_ input: [UInt8]) throws {
        let header = String(decoding: input, as: UTF8.self)
        let allows = AcceptEncoding.allowsGzip(header)
        for same in [" " + header + "\t", "," + header, header + ","] {
            try require(
                AcceptEncoding.allowsGzip(same) == allows,
                "\(same.debugDescription) means something else than \(header.debugDescription)"
            )
        }
        if let strict = strict(input) {
            try require(
                strict == allows,
                "\(header) \(strict ? "asks for" : "does not ask for") gzip, and is read otherwise"
            )
        }
    }

    /// What a header means that keeps to the grammar of RFC 9110, section 12.5.3; nil for another.
    private static func strict(_ header: [UInt8]) -> Bool? {
        var weights: [[UInt8]: Bool] = [:]
        for part in header.split(separator: 0x2c) {
            let sides = trimmed(part).split(separator: 0x3b, omittingEmptySubsequences: false).map(trimmed)
            guard let coding = sides.first, !coding.isEmpty, coding.allSatisfy(isTokenByte), sides.count < 3,
                let isWanted = sides.count == 1 ? true : weight(sides[1])
            else { return nil }
            let name = coding.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
            let known = name == Array("x-gzip".utf8) ? Array("gzip".utf8) : name
            // Nobody says which of two entries for one coding holds.
            guard weights.updateValue(isWanted, forKey: known) == nil else { return nil }
        }
        return weights[Array("gzip".utf8)] ?? weights[Array("*".utf8)] ?? false
    }

    /// Whether a weight `q=0.123` is above 0; nil when it is none.
    private static func weight(_ text: [UInt8]) -> Bool? {
        guard text.count >= 3, text.count <= 7, text[0] | 0x20 == 0x71, text[1] == 0x3d,
            text[2] == 0x30 || text[2] == 0x31, text.count == 3 || text[3] == 0x2e
        else { return nil }
        let digits = text.dropFirst(4)
        guard digits.allSatisfy({ text[2] == 0x31 ? $0 == 0x30 : (0x30...0x39).contains($0) }) else {
            return nil
        }
        return text[2] == 0x31 || digits.contains { $0 != 0x30 }
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> [UInt8] {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        return text.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        (0x21...0x7e).contains(byte) && !Array("\"(),/:;<=>?@[\\]{}".utf8).contains(byte)
    }
}

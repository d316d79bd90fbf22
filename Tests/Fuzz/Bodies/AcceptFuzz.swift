import PostmeterExposition

/// What a scraper says of formats.
enum AcceptFuzz {
    static let target = FuzzTarget("accept", run)

    @Sendable private static func run(_ input: [UInt8]) throws {
        let header = String(decoding: input, as: UTF8.self)
        let format = ExpositionFormat.negotiate(accept: header)
        // What is answered is what the answer's own type asks for.
        let again = ExpositionFormat.negotiate(accept: format.contentType)
        try require(
            again.contentType == format.contentType,
            "\(header.debugDescription) is answered \(format.contentType), which asks for \(again.contentType)"
        )
        // Blanks around a list and empty members of it mean nothing.
        for same in [" \t" + header + "\t ", ",," + header, header + " ,"] where isClosed(header) {
            try require(
                ExpositionFormat.negotiate(accept: same).contentType == format.contentType,
                "\(same.debugDescription) is answered otherwise than \(header.debugDescription)"
            )
        }
    }

    /// Whether no quoted text is open at the end, so that what is added stands outside it.
    private static func isClosed(_ header: String) -> Bool {
        header.utf8.reduce(0) { $0 + ($1 == 0x22 ? 1 : 0) } % 2 == 0 && !header.utf8.contains(0x5c)
    }
}

import PostmeterOTLP

/// What an OTLP receiver answers: the reply to an accepted request and the body of an error.
enum OTLPReplyFuzz {
    static let target = FuzzTarget("otlp-reply", run)

    @Sendable private static func run(_ input: [UInt8]) throws {
        let partial = OTLPReply.metrics(input)
        try require(
            partial == OTLPReply.traces(input) && partial == OTLPReply.logs(input),
            "the three signals read one reply differently"
        )
        if let partial {
            try check(partial.message)
            try require(partial.rejected >= 0, "\(partial.rejected) items are refused")
            try require(
                partial.rejected > 0 || !partial.message.isEmpty, "a reply that says nothing is told of")
        }
        if let strict = StrictReply(envelopeOf: input) {
            try compare(partial, with: strict)
        }
        let message = OTLPReply.message(of: input)
        try check(message)
        if let strict = StrictReply(input), let plain = strict.plainText, !plain.isEmpty {
            try require(message == plain, "the status says \(plain) and is read as \(message)")
        }
    }

    private static func compare(_ partial: OTLPReply.PartialSuccess?, with strict: StrictReply) throws {
        // Whatever the text is and however long, what is refused is counted.
        try require(
            partial?.rejected ?? 0 == max(0, strict.number),
            "\(strict.number) items are refused and read as \(partial.debugDescription)")
        guard let text = strict.plainText else { return }
        let expected =
            strict.number > 0 || !text.isEmpty
            ? OTLPReply.PartialSuccess(rejected: max(0, strict.number), message: text) : nil
        try require(
            partial == expected,
            "\(strict) is read as \(partial.debugDescription), not \(expected.debugDescription)"
        )
    }

    private static func check(_ text: String) throws {
        try require(text.utf8.count <= OTLPReply.textLimit, "a text of \(text.utf8.count) bytes is passed on")
        try require(
            !text.unicodeScalars.contains { $0.properties.generalCategory == .control },
            "control characters are passed on: \(text.debugDescription)"
        )
    }
}

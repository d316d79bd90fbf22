@testable import PostmeterTransport

/// The header `Authorization` of basic authentication.
enum BasicCredentialsFuzz {
    static let target = FuzzTarget("basic-credentials", run)

    @Sendable private static func run(_ input: [UInt8]) throws {
        let field = String(decoding: input, as: UTF8.self)
        if let read = BasicCredentials(field) {
            let written = "Basic " + Base64Text.encode(read.user + [0x3a] + read.password)
            try require(
                !read.user.contains(0x3a) && BasicCredentials(written) == read,
                "\(field.debugDescription) is \(read.user) and \(read.password)"
            )
        }
        // The input as what a user has typed.
        let sides = input.split(separator: 0x3a, maxSplits: 1, omittingEmptySubsequences: false).map(
            Array.init)
        let sent = BasicCredentials("bASIC   " + Base64Text.encode(input))
        let isReadable = sides.count == 2 && input.count <= BasicCredentials.limit
        try require(
            sent.map { [$0.user, $0.password] } == (isReadable ? sides : nil),
            "\(input) is read as \(sent?.user ?? []) and \(sent?.password ?? [])"
        )
    }
}

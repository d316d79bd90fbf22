internal import NIOCore

/// HTTP requests of webhooks, each sent once and made ready ahead, so that sending costs little.
protocol RequestSource {
    /// Makes requests until this many are ready; fewer when there are no more.
    mutating func sign(_ count: Int)

    /// How many are ready.
    var ready: Int { get }

    /// Replaces the content of a buffer by the next request; false when none is ready.
    mutating func take(into buffer: inout ByteBuffer) -> Bool
}

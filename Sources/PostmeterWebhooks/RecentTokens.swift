import Crypto
import Synchronization

/// The one-time tokens of webhooks that were seen lately, each with a digest of the body that it came with.
///
/// Bounded: past 16,384 tokens the one that was seen first is forgotten, and all of them when the process ends.
/// What is known to be a repetition by then is the event, whose id the token is. Thread-safe.
final class RecentTokens: Sendable {
    /// How many tokens are known at once: some 1.5 MB.
    static let limit = 16_384

    /// The half of a SHA-256.
    struct Digest: Sendable, Hashable {
        private let high: UInt64
        private let low: UInt64

        init(_ digest: SHA256.Digest) {
            (high, low) = digest.withUnsafeBytes {
                ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
        }
    }

    private struct Table {
        var bodies: [Digest: Digest] = [:]
        /// The tokens in the order in which they came, as a ring once there are `limit` of them.
        var order: [Digest] = []
        var oldest = 0
    }

    private let table = Mutex(Table())

    /// Whether the token is new, or came with the same body before; a new one is known from here on.
    func admit(_ token: Digest, body: Digest) -> Bool {
        table.withLock { table in
            if let known = table.bodies[token] { return known == body }
            table.bodies[token] = body
            if table.order.count < Self.limit {
                table.order.append(token)
            } else {
                table.bodies[table.order[table.oldest]] = nil
                table.order[table.oldest] = token
                table.oldest = (table.oldest + 1) % Self.limit
            }
            return true
        }
    }
}

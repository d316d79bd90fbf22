import CPrimitives
import Synchronization

/// Remembers what was worked out of a text lately, so that the events of one mail do not pay for it each.
///
/// A table of fixed size: of two texts that meet at a place the later one stays. A value depends on the text
/// and the owner alone, so it never matters whether it was remembered. Any thread may ask; one that finds the
/// table in use by another works the value out by itself.
final class RecentValues<Value: Sendable>: Sendable {
    private struct Entry {
        /// Two hashes of the text under keys of their own stand for it: 128 bits that nobody can aim at, without
        /// a look at another place in memory.
        var hash: UInt64
        var check: UInt64
        var value: Value
    }

    private let entries: Mutex<[Entry?]>
    private let mask: UInt64
    /// Keeps hostile texts from meeting by design.
    private let keys = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))

    /// A table of `count` places, a power of two.
    init(count: Int) {
        entries = Mutex(Array(repeating: nil, count: count))
        mask = UInt64(count - 1)
    }

    /// The value of a text for an owner, which must live as long as this table.
    func value(of text: String, for owner: AnyObject, orMake make: () -> Value) -> Value {
        let (hash, check) = hashes(text, owner)
        let place = Int(hash & mask)
        let known: Value?? = entries.withLockIfAvailable { entries in
            guard let entry = entries[place], entry.hash == hash, entry.check == check else { return nil }
            return entry.value
        }
        if let known, let value = known { return value }
        let value = make()
        if known != nil {
            _ = entries.withLockIfAvailable { entries in
                entries[place] = Entry(hash: hash, check: check, value: value)
            }
        }
        return value
    }

    private func hashes(_ text: String, _ owner: AnyObject) -> (UInt64, UInt64) {
        var text = text
        let owner = UInt64(UInt(bitPattern: ObjectIdentifier(owner)))
        return text.withUTF8 { text in
            (
                pm_siphash24(keys.0, owner, text.baseAddress, text.count),
                pm_siphash24(keys.1, owner, text.baseAddress, text.count)
            )
        }
    }
}

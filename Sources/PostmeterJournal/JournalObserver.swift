/// What a journal sees and does not record itself: closures of its owner.
///
/// They are called on the journal's writer thread, or on the thread that opens or reads, and must be short.
package struct JournalObserver: Sendable {
    /// A group reached the disk: how long its fdatasync took, in nanoseconds, and what it held.
    package var onSync: @Sendable (_ nanoseconds: UInt64, _ records: Int, _ bytes: Int) -> Void
    /// Something was found damaged, once for each place and reader.
    package var onDamage: @Sendable (JournalDamage) -> Void

    package init(
        onSync: @escaping @Sendable (_ nanoseconds: UInt64, _ records: Int, _ bytes: Int) -> Void = {
            _,
            _,
            _ in
        },
        onDamage: @escaping @Sendable (JournalDamage) -> Void = { _ in }
    ) {
        self.onSync = onSync
        self.onDamage = onDamage
    }

    /// An observer that does nothing.
    package static let silent = JournalObserver()
}

import PostmeterModel
import Synchronization

/// The scopes of a recorder, each with a number; at most 256 and one for all others.
final class LogScopes: @unchecked Sendable {
    // Safe because `table` never changes, its words are atomic, and what they point at is immutable and lives
    // as long as this.
    /// The most scopes that are told apart.
    static let limit = 256
    /// What the records of all further scopes are recorded under.
    static let other = InstrumentationScope(name: "_other")

    /// Addresses of entries without a version, each at the place that its name leads to or one behind it.
    private let table: UnsafeMutablePointer<Atomic<UInt>>
    private let known = Mutex<(scopes: [InstrumentationScope], entries: [Entry])>(([], []))
    /// The places of the table: twice the limit, so that a search soon meets an empty one.
    private static let places = 512

    private final class Entry: Sendable {
        let name: [UInt8]
        let index: UInt16

        init(name: [UInt8], index: UInt16) {
            self.name = name
            self.index = index
        }
    }

    init() {
        table = .allocate(capacity: Self.places)
        for place in 0..<Self.places { (table + place).initialize(to: Atomic(0)) }
    }

    deinit {
        table.deinitialize(count: Self.places)
        table.deallocate()
    }

    /// The number of a scope without a version: without a lock when it is known.
    @inline(never)
    func number(of name: String) -> UInt16 {
        let found = TextView.with(name) { search($0).index }
        return found ?? number(of: InstrumentationScope(name: name))
    }

    /// The number of a scope.
    func number(of scope: InstrumentationScope) -> UInt16 {
        known.withLock { known in
            if let index = known.scopes.firstIndex(of: scope) { return UInt16(index) }
            guard known.scopes.count < Self.limit else { return UInt16(Self.limit) }
            let index = UInt16(known.scopes.count)
            known.scopes.append(scope)
            guard scope.version.isEmpty else { return index }
            let entry = Entry(name: Array(scope.name.utf8), index: index)
            known.entries.append(entry)
            let address = UInt(bitPattern: Unmanaged.passUnretained(entry).toOpaque())
            let place = entry.name.withUnsafeBytes { search(TextView($0)).place }
            table[place].store(address, ordering: .releasing)
            return index
        }
    }

    /// All scopes, by number.
    var all: [InstrumentationScope] { known.withLock { $0.scopes } }

    /// The number of a name, and the place where the search ended.
    private func search(_ name: TextView) -> (index: UInt16?, place: Int) {
        var place = Int(name.mixed >> 55)
        while let pointer = UnsafeRawPointer(bitPattern: table[place].load(ordering: .acquiring)) {
            let entry = Unmanaged<Entry>.fromOpaque(pointer).takeUnretainedValue()
            if entry.name.withUnsafeBytes({ name.equals($0) }) { return (entry.index, place) }
            place = (place + 1) & (Self.places - 1)
        }
        return (nil, place)
    }
}

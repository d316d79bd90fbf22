/// Where each case of an enumeration has its handle in a list, and what it is called in a label.
///
/// A case of one byte stands at that byte, so that nothing is hashed.
@usableFromInline
struct CasePlaces<E: CaseIterable & Hashable & Sendable>: Sendable {
    /// The length of the list.
    @usableFromInline let width: Int
    /// The places of cases that take more than a byte; empty for others.
    @usableFromInline let order: [E: Int]
    /// The case of each place; nil where none stands.
    let cases: [E?]

    init() {
        let all = Array(E.allCases)
        guard MemoryLayout<E>.size > 1 else {
            let bytes = all.map { Self.byte(of: $0) }
            width = (bytes.max() ?? -1) + 1
            order = [:]
            var cases = [E?](repeating: nil, count: width)
            for (byte, value) in zip(bytes, all) { cases[byte] = value }
            self.cases = cases
            return
        }
        width = all.count
        order = Dictionary(all.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        cases = all
    }

    /// Where a case's handle is; `width` when it is in none of the type's cases.
    @inlinable
    func place(of value: E) -> Int {
        if MemoryLayout<E>.size <= 1 { return Self.byte(of: value) }
        return order[value] ?? width
    }

    @inlinable
    static func byte(of value: E) -> Int {
        MemoryLayout<E>.size == 0 ? 0 : withUnsafeBytes(of: value) { Int($0[0]) }
    }

    /// The text of a case: its raw value where that is text, else its name.
    static func name(of value: E) -> String {
        if let raw = value as? any RawRepresentable, let text = raw.rawValue as? String { return text }
        return String(describing: value)
    }
}

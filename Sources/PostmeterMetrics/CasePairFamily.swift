/// The series of an instrument with two labels, whose values are the cases of two enumerations.
///
/// It is for two labels what ``CaseFamily`` is for one.
@frozen
public struct CasePairFamily<
    I: Instrument, A: CaseIterable & Hashable & Sendable, B: CaseIterable & Hashable & Sendable
>: Sendable {
    @usableFromInline let first: CasePlaces<A>
    @usableFromInline let second: CasePlaces<B>
    /// One for each pair of places, and in each row and column one for what is no case.
    @usableFromInline let handles: [I]

    init(_ family: Family<I>) {
        first = CasePlaces<A>()
        second = CasePlaces<B>()
        let rows = Self.names(first)
        let columns = Self.names(second)
        handles = rows.flatMap { row in columns.map { column in family.bind(row, column) } }
    }

    /// The handle of the series of two cases.
    ///
    /// A value that `allCases` leaves out is taken for the first case.
    @inlinable
    public subscript(_ a: A, _ b: B) -> I {
        let row = min(first.place(of: a), first.width)
        return handles[row * (second.width + 1) + min(second.place(of: b), second.width)]
    }

    private static func names<E>(_ places: CasePlaces<E>) -> [String] {
        let names = places.cases.map { $0.map(CasePlaces.name) }
        let other = names.lazy.compactMap(\.self).first ?? ""
        return names.map { $0 ?? other } + [other]
    }
}

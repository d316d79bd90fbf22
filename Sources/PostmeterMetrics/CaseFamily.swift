/// The series of an instrument with one label, whose values are the cases of an enumeration.
///
/// All series are made at once, so that they are exported from the beginning, and a case's handle is had by its place,
/// without a look-up. The text of a case is its raw value where that is text, else its name; cases of one text share a
/// series. A family may be used on any thread.
@frozen
public struct CaseFamily<I: Instrument, E: CaseIterable & Hashable & Sendable>: Sendable {
    @usableFromInline let places: CasePlaces<E>
    /// One a place, and one for what is no case.
    @usableFromInline let handles: [I]

    init(_ family: Family<I>) {
        let places = CasePlaces<E>()
        self.places = places
        let names = places.cases.map { $0.map(CasePlaces.name) }
        let other = names.lazy.compactMap(\.self).first.map { family.bind($0) } ?? family.bind([])
        handles = names.map { $0.map { family.bind($0) } ?? other } + [other]
    }

    /// The handle of a case's series.
    ///
    /// A value that `allCases` leaves out has that of the first case.
    @inlinable
    public subscript(_ value: E) -> I {
        handles[min(places.place(of: value), places.width)]
    }
}

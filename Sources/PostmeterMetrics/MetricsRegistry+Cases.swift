public import PostmeterModel

extension MetricsRegistry {
    /// The family of an instrument whose one label has the cases of an enumeration for values.
    ///
    /// All of its series are made now and stay; the limit of series is raised to their number if need be.
    public func family<I: Instrument, E: CaseIterable & Hashable & Sendable>(
        _ descriptor: InstrumentDescriptor, by cases: E.Type, of type: I.Type = I.self
    ) -> CaseFamily<I, E> {
        CaseFamily(family(descriptor.lasting(atLeast: E.allCases.count), of: type))
    }

    /// The family of an instrument whose two labels have the cases of two enumerations for values.
    ///
    /// All of its series are made now and stay; the limit of series is raised to their number if need be.
    public func family<
        I: Instrument, A: CaseIterable & Hashable & Sendable, B: CaseIterable & Hashable & Sendable
    >(
        _ descriptor: InstrumentDescriptor, by first: A.Type, _ second: B.Type, of type: I.Type = I.self
    ) -> CasePairFamily<I, A, B> {
        CasePairFamily(family(descriptor.lasting(atLeast: A.allCases.count * B.allCases.count), of: type))
    }
}

extension InstrumentDescriptor {
    /// The same instrument with room for so many series that do not expire, since their handles are kept.
    fileprivate func lasting(atLeast series: Int) -> InstrumentDescriptor {
        var changed = self
        changed.seriesLimit = max(seriesLimit, series)
        changed.idleLimit = nil
        return changed
    }
}

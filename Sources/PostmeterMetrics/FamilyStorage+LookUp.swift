import CPrimitives

extension FamilyStorage {
    // The doors below are not inlined, which is what makes them fast: a caller keeps the arguments of a call
    // alive until it returns, so the strings' words can be read here without counting references. Where the
    // strings cannot be read this way, nothing is found and `place` takes the public way.

    /// Finds or makes the series of the values given as a list.
    func bind(_ values: [String]) -> SeriesReference {
        SeriesReference(series: place(LabelValues(values)).address, family: core)
    }

    /// Finds or makes the series of one value.
    @usableFromInline
    @inline(never)
    func find(_ a: String) -> SeriesReference {
        let aWords = unsafeBitCast(a, to: StringLayout.Words.self)
        if let series = pm_family_find1(
            core,
            aWords.0,
            aWords.1
        ) {
            return SeriesReference(series: series, family: core)
        }
        return make(a)
    }

    /// Finds or makes the series of two values.
    @usableFromInline
    @inline(never)
    func find(_ a: String, _ b: String) -> SeriesReference {
        let aWords = unsafeBitCast(a, to: StringLayout.Words.self)
        let bWords = unsafeBitCast(b, to: StringLayout.Words.self)
        if let series = pm_family_find2(
            core,
            aWords.0,
            aWords.1,
            bWords.0,
            bWords.1
        ) {
            return SeriesReference(series: series, family: core)
        }
        return make(a, b)
    }

    /// Finds or makes the series of three values.
    @usableFromInline
    @inline(never)
    func find(_ a: String, _ b: String, _ c: String) -> SeriesReference {
        let aWords = unsafeBitCast(a, to: StringLayout.Words.self)
        let bWords = unsafeBitCast(b, to: StringLayout.Words.self)
        let cWords = unsafeBitCast(c, to: StringLayout.Words.self)
        if let series = pm_family_find3(
            core,
            aWords.0,
            aWords.1,
            bWords.0,
            bWords.1,
            cWords.0,
            cWords.1
        ) {
            return SeriesReference(series: series, family: core)
        }
        return make(a, b, c)
    }

    /// Finds or makes the series of four values.
    @usableFromInline
    @inline(never)
    func find(_ a: String, _ b: String, _ c: String, _ d: String) -> SeriesReference {
        let aWords = unsafeBitCast(a, to: StringLayout.Words.self)
        let bWords = unsafeBitCast(b, to: StringLayout.Words.self)
        let cWords = unsafeBitCast(c, to: StringLayout.Words.self)
        let dWords = unsafeBitCast(d, to: StringLayout.Words.self)
        if let series = pm_family_find4(
            core,
            aWords.0,
            aWords.1,
            bWords.0,
            bWords.1,
            cWords.0,
            cWords.1,
            dWords.0,
            dWords.1
        ) {
            return SeriesReference(series: series, family: core)
        }
        return make(a, b, c, d)
    }

    // Apart, so that the doors keep their frames small.

    @inline(never)
    private func make(_ a: String) -> SeriesReference { bind([a]) }

    @inline(never)
    private func make(_ a: String, _ b: String) -> SeriesReference { bind([a, b]) }

    @inline(never)
    private func make(_ a: String, _ b: String, _ c: String) -> SeriesReference { bind([a, b, c]) }

    @inline(never)
    private func make(_ a: String, _ b: String, _ c: String, _ d: String) -> SeriesReference {
        bind([a, b, c, d])
    }
}

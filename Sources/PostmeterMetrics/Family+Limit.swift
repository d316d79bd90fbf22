extension Family {
    /// The largest number of series, together with those of the same instrument with other labels, before
    /// measurements go to the overflow series.
    package var seriesLimit: Int { (storage.front?.target ?? storage).budget.limit }
}

import PostmeterModel

extension Family {
    /// The largest number of series before measurements go to the overflow series.
    package var seriesLimit: Int { storage.descriptor.seriesLimit }
}

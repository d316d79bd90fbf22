package import PostmeterMetrics

extension PostmeterConfiguration {
    /// The views, and behind them the one that makes histograms exponential when they are to be.
    package var allViews: [MetricView] {
        views + (exponentialHistograms.map { [MetricView("*", kind: .histogram, exponential: $0)] } ?? [])
    }
}

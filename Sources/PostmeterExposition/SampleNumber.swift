import PostmeterModel

/// The number of a counter or gauge.
protocol SampleNumber {
    /// Writes the number, which takes at most ``NumberText/limit`` bytes, and returns its length.
    func write(to out: UnsafeMutableRawPointer) -> Int

    /// Writes whole lines as far as that is quicker than one by one; moves `out` and returns how many.
    static func writeLines(
        _ composer: LineTemplate.Composer,
        _ identities: UnsafeBufferPointer<SeriesIdentity>,
        _ values: UnsafeBufferPointer<Self>,
        to out: inout UnsafeMutableRawPointer,
        until end: UnsafeMutableRawPointer
    ) -> Int
}

extension Int64: SampleNumber {
    func write(to out: UnsafeMutableRawPointer) -> Int {
        NumberText.write(self, to: out)
    }

    static func writeLines(
        _ composer: LineTemplate.Composer,
        _ identities: UnsafeBufferPointer<SeriesIdentity>,
        _ values: UnsafeBufferPointer<Int64>,
        to out: inout UnsafeMutableRawPointer,
        until end: UnsafeMutableRawPointer
    ) -> Int {
        composer.writeLines(identities, values, to: &out, until: end)
    }
}

extension Double: SampleNumber {
    func write(to out: UnsafeMutableRawPointer) -> Int {
        NumberText.write(self, to: out)
    }

    static func writeLines(
        _ composer: LineTemplate.Composer,
        _ identities: UnsafeBufferPointer<SeriesIdentity>,
        _ values: UnsafeBufferPointer<Double>,
        to out: inout UnsafeMutableRawPointer,
        until end: UnsafeMutableRawPointer
    ) -> Int {
        0
    }
}

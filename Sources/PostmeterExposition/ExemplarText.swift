import CPrimitives
import PostmeterModel

/// Exemplars as OpenMetrics has them behind a sample: ` # {trace_id="...",span_id="..."} value timestamp`.
///
/// The label set has 63 characters of the 128 that it may have. The time is in seconds.
/// Source: OpenMetrics 1.0.0, section "Exemplars".
enum ExemplarText {
    /// Appends an exemplar; ids that are not valid are left out.
    static func append(_ exemplar: Exemplar, to bytes: inout [UInt8]) {
        bytes += " # {".utf8
        if exemplar.traceID.isValid {
            bytes += "trace_id=\"\(exemplar.traceID)\"".utf8
            if exemplar.spanID.isValid { bytes += ",span_id=\"\(exemplar.spanID)\"".utf8 }
        }
        bytes += "} ".utf8
        bytes += NumberText.bytes(exemplar.value, canonical: false)
        bytes.append(UInt8(ascii: " "))
        append(exemplar.time, to: &bytes)
    }

    /// An exemplar as ``append(_:to:)-(Exemplar,_)`` writes it.
    static func bytes(_ exemplar: Exemplar) -> [UInt8] {
        var text: [UInt8] = []
        append(exemplar, to: &text)
        return text
    }

    /// The newest exemplar of each bucket that has one, in the order of the buckets.
    ///
    /// A value belongs to the first bucket whose bound it does not exceed; the last bucket has no bound.
    /// `place` moves a bucket to the one that is shown in its stead.
    static func newest(
        _ exemplars: ArraySlice<Exemplar>,
        bounds: [Double],
        place: (Int) -> Int = { $0 }
    ) -> [(bucket: Int, exemplar: Exemplar)] {
        guard !exemplars.isEmpty else { return [] }
        var newest: [Int: Exemplar] = [:]
        for exemplar in exemplars where exemplar.value.isFinite {
            let bucket = place(bounds.firstIndex { exemplar.value <= $0 } ?? bounds.count)
            if let found = newest[bucket], found.time > exemplar.time { continue }
            newest[bucket] = exemplar
        }
        return newest.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Appends a time in seconds.
    static func append(_ time: UnixTime, to bytes: inout [UInt8]) {
        bytes += String(time.nanoseconds / 1_000_000_000).utf8
        let fraction = time.nanoseconds % 1_000_000_000
        guard fraction > 0 else { return }
        // Nine digits behind a one that holds their places.
        var digits = Array(String(1_000_000_000 + fraction).utf8.dropFirst())
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        bytes.append(UInt8(ascii: "."))
        bytes += digits
    }
}

/// The exemplars of a family, series by series.
struct ExemplarCursor {
    private let exemplars: [Exemplar]
    private var next = 0

    init(_ exemplars: [Exemplar]) {
        self.exemplars = exemplars
    }

    /// The first series from `series` on that has exemplars, or nil.
    mutating func first(from series: Int) -> Int? {
        while next < exemplars.count, exemplars[next].series < series { next += 1 }
        return next < exemplars.count ? exemplars[next].series : nil
    }

    /// The exemplars of a series, which must not come before those asked for already.
    mutating func take(_ series: Int) -> ArraySlice<Exemplar> {
        guard first(from: series) == series else { return [] }
        let run = exemplars[next...].prefix { $0.series == series }
        next = run.endIndex
        return run
    }
}

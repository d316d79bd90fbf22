package import PostmeterModel

/// Writes snapshots as the bodies of answers to scrapes.
///
/// The resource becomes `target_info`; its attributes are on no other metric. Each sample says which scope
/// recorded it, unless the options leave that out. There are no time stamps, as the specification has it.
/// Metrics whose names become equal are merged when their types agree and each label set is there once;
/// what does not fit is left out and reported, once; so are families that were read as differences.
/// Exponential histograms are native histograms in protocol buffers; the text formats, which cannot say them,
/// have histograms with bounds at powers of two in their place. Exemplars stand on counters and histograms, in
/// OpenMetrics and protocol buffers.
package struct ExpositionEncoder: Sendable {
    private let target: [Attribute]
    private let options: ExpositionOptions
    private let warnings: ExpositionWarnings

    /// Creates an encoder for what `resource` emits.
    package init(
        resource: Resource,
        options: ExpositionOptions = ExpositionOptions(),
        diagnostics: Diagnostics = .silent
    ) {
        target = resource.attributes
        self.options = options
        warnings = ExpositionWarnings(diagnostics)
    }

    /// The body of an answer, to be written piece by piece.
    package func body(of snapshot: MetricsSnapshot, as format: ExpositionFormat) -> ExpositionBody {
        let names = ExpositionNames(translation: options.translation, escaping: format.escaping)
        let context = ExpositionContext(format: format, options: options, names: names, warnings: warnings)
        return ExpositionBody(snapshot, target: target, context: context)
    }

    /// Appends all families of `snapshot` that have series to `bytes`.
    package func encode(
        _ snapshot: MetricsSnapshot,
        as format: ExpositionFormat,
        into bytes: inout [UInt8]
    ) {
        var body = body(of: snapshot, as: format)
        while body.next(into: &bytes, limit: .max) {}
    }

    /// Hands all families of `snapshot` that have series to `write`, about `piece` bytes at a time, out of one
    /// buffer.
    package func encode(
        _ snapshot: MetricsSnapshot,
        as format: ExpositionFormat,
        piece: Int = ExpositionBody.pieceBytes,
        _ write: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        var body = body(of: snapshot, as: format)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(piece + piece / 8)
        var hasMore = true
        while hasMore {
            bytes.removeAll(keepingCapacity: true)
            hasMore = body.next(into: &bytes, limit: piece)
            try bytes.withUnsafeBytes(write)
        }
    }
}

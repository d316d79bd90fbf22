package import PostmeterModel

/// Writes a snapshot as the body of an answer to a scrape.
///
/// The resource becomes `target_info`; its attributes are on no other metric. The labels that name the scope
/// are left out: they would be on every sample, and a service that has two scopes of the same metric can tell
/// them apart by an attribute of its own. There are no time stamps, as the specification has it.
/// Metrics whose names become equal are merged when their types agree and each label set is there once;
/// what does not fit is left out and reported, once; so are families that were read as differences.
/// Exponential histograms become histograms with bounds at powers of two. Exemplars stand on counters and
/// buckets in OpenMetrics only.
package struct ExpositionEncoder: Sendable {
    private let target: [Attribute]
    private let warnings: ExpositionWarnings

    /// Creates an encoder for what `resource` emits.
    package init(resource: Resource, diagnostics: Diagnostics = .silent) {
        target = resource.attributes
        warnings = ExpositionWarnings(diagnostics)
    }

    /// Appends all families of `snapshot` that have series to `bytes`.
    package func encode(
        _ snapshot: MetricsSnapshot,
        as format: ExpositionFormat,
        into bytes: inout [UInt8]
    ) {
        var plan = ExpositionPlan(warnings: warnings)
        if !target.isEmpty {
            plan.reserve(["target", "target_info"], for: "target_info")
            appendTarget(format, to: &bytes)
        }
        for family in snapshot.families { plan.add(family) }
        for group in plan.groups {
            FamilyWriter(group, format: format, warnings: warnings).write(to: &bytes)
        }
        if format == .openMetrics { bytes += "# EOF\n".utf8 }
    }

    private func appendTarget(_ format: ExpositionFormat, to bytes: inout [UInt8]) {
        let metadata =
            switch format {
            case .text: "# HELP target_info Target metadata\n# TYPE target_info gauge\n"
            case .openMetrics: "# TYPE target info\n# HELP target Target metadata\n"
            }
        bytes += metadata.utf8
        bytes += "target_info{".utf8
        let encoded = EncodedAttributes(target, for: .resource)
        encoded.bytes.withUnsafeBytes { LabelSet($0, reserved: nil).append(to: &bytes) }
        bytes += "} 1\n".utf8
    }
}

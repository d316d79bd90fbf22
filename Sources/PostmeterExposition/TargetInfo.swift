import PostmeterModel

/// The metric that carries the resource: `target_info`, of value 1.
struct TargetInfo {
    private let labels: LabelSet
    private let format: ExpositionFormat

    init(_ attributes: [Attribute], _ context: ExpositionContext) {
        labels = LabelSet(attributes, names: LabelNames(names: context.names, reserved: []))
        format = context.format
    }

    func write(to bytes: inout [UInt8]) {
        guard format.syntax != .protobuf else {
            ProtobufGroup.writeGauge("target_info", help: "Target metadata", labels: labels, 1, to: &bytes)
            return
        }
        let metadata =
            format.isOpenMetrics
            ? "# TYPE target info\n# HELP target Target metadata\n"
            : "# HELP target_info Target metadata\n# TYPE target_info gauge\n"
        bytes += metadata.utf8
        bytes += "target_info{".utf8
        labels.append(to: &bytes)
        bytes += "} 1\n".utf8
    }
}

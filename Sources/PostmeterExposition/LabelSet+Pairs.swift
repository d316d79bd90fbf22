import PostmeterModel

extension LabelSet {
    /// Appends a `LabelPair` a label, each as field 1 of a `Metric`.
    ///
    /// Source: io/prometheus/client/metrics.proto, `Metric.label`.
    func appendPairs(to bytes: inout [UInt8]) {
        var writer = ProtobufWriter()
        for label in labels {
            let name = label.name.utf8.count
            let value = label.value.count
            let length =
                2 + ProtobufWriter.varintLength(UInt64(name)) + name
                + ProtobufWriter.varintLength(UInt64(value)) + value
            writer.bytes.append(0x0a)
            writer.varint(UInt64(length))
            writer.string(label.name, tag: 0x0a)
            writer.bytes.append(0x12)
            writer.varint(UInt64(value))
            writer.bytes += label.value
        }
        bytes += writer.bytes
    }
}

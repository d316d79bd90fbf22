import CPrimitives
import PostmeterModel

/// The values of one look-up, also as bytes in one place, where C can read them.
struct LabelValues {
    let values: [String]
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    init(_ values: [String]) {
        self.values = values
        ends.reserveCapacity(values.count)
        for value in values {
            bytes.append(contentsOf: value.utf8)
            ends.append(bytes.count)
        }
    }

    /// The attributes of the series that has these values.
    func encoded(for descriptor: InstrumentDescriptor) -> [UInt8] {
        let attributes = zip(descriptor.labels, values).map { Attribute($0, .string($1)) }
        return EncodedAttributes(attributes, for: descriptor.kind.attributeField).bytes
    }

    /// Lends the values in the form of `pm_series.h`.
    func withTexts<Result>(_ body: (UnsafePointer<pm_text>) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { buffer in
            var texts: [pm_text] = []
            texts.reserveCapacity(ends.count)
            var start = 0
            for end in ends {
                texts.append(pm_text(bytes: buffer.baseAddress.map { $0 + start }, count: end - start))
                start = end
            }
            return body(texts)
        }
    }
}

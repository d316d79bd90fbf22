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
        return EncodedAttributes(attributes, for: descriptor.attributeField).bytes
    }

    /// The attributes that the series is exported with when they are not those it is found by, else nil.
    ///
    /// An empty value says that there is no such attribute. A label of whole numbers is exported as one when its
    /// value is written as this would write it, so that no two values become one.
    func exported(for descriptor: InstrumentDescriptor) -> [UInt8]? {
        guard !descriptor.integerLabels.isEmpty || values.contains("") else { return nil }
        var isSame = true
        var attributes: [Attribute] = []
        for (label, value) in zip(descriptor.labels, values) {
            if value.isEmpty {
                isSame = false
            } else if descriptor.integerLabels.contains(label), let number = Int64(value),
                String(number) == value
            {
                isSame = false
                attributes.append(Attribute(label, .int(number)))
            } else {
                attributes.append(Attribute(label, .string(value)))
            }
        }
        return isSame ? nil : EncodedAttributes(attributes, for: descriptor.attributeField).bytes
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

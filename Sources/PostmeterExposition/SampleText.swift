/// What stands before the value of a sample.
struct SampleText {
    /// Before the labels of a sample that has some.
    let opening: [UInt8]
    /// Before the value of a sample without labels.
    private let alone: [UInt8]

    init(_ name: String) {
        opening = Array(NameText.opening(name).utf8)
        alone = Array(NameText.alone(name).utf8)
    }

    /// The most bytes besides the labels.
    var byteCount: Int { max(opening.count, alone.count) + 2 }

    /// Appends name and labels, which are `a="x",b="y"` or empty, up to the value.
    func append(labels: [UInt8], to bytes: inout [UInt8]) {
        guard !labels.isEmpty else {
            bytes += alone
            return
        }
        bytes += opening
        bytes += labels
        bytes += "} ".utf8
    }
}

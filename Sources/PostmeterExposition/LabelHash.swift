import CPrimitives
import PostmeterModel

/// A fingerprint of a label set, whatever the order of its labels, that nobody outside can aim at.
struct LabelHash: Hashable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    func hash(into hasher: inout Hasher) {
        hasher.combine(low)
    }

    /// Adds a label.
    fileprivate mutating func add(_ name: UInt64, _ value: UnsafeRawBufferPointer, key: UInt64) {
        var empty: UInt8 = 0
        withUnsafePointer(to: &empty) { empty in
            let start = value.baseAddress ?? UnsafeRawPointer(empty)
            low &+= pm_siphash24(key ^ name, key, start, value.count)
            high &+= pm_siphash24(key, ~key ^ name, start, value.count)
        }
    }
}

/// Takes the fingerprints of the series of one family.
struct LabelHasher {
    private let key: UInt64
    private let names: LabelNames
    /// The expected keys and the fingerprints of their labels; empty when two become one label.
    private let labels: [(key: [UInt8], name: UInt64)]

    /// Creates a hasher; those that are to be compared must have the same `key`, which is random.
    init(keys: [String], names: LabelNames, key: UInt64) {
        self.key = key
        self.names = names
        let labels = keys.map(names.name)
        let isPlain = Set(labels).count == labels.count
        self.labels = isPlain ? zip(keys, labels).map { (Array($0.utf8), Self.hash($1, key)) } : []
    }

    /// The fingerprint of the labels of a series.
    func hash(of identity: SeriesIdentity) -> LabelHash {
        if let hash = plainHash(of: identity) { return hash }
        var hash = LabelHash()
        for label in LabelSet(identity.bytes, names: names).labels {
            label.value.withUnsafeBytes { hash.add(Self.hash(label.name, key), $0, key: key) }
        }
        return hash
    }

    /// As ``hash(of:)`` for a series whose keys are expected ones in their order, else nil.
    private func plainHash(of identity: SeriesIdentity) -> LabelHash? {
        var hash = LabelHash()
        var reader = AttributeReader(identity.bytes)
        var next = 0
        while let (attribute, value) = reader.next() {
            while next < labels.count, !labels[next].key.elementsEqual(attribute) { next += 1 }
            guard next < labels.count else { return nil }
            if case .string(let bytes) = value {
                hash.add(labels[next].name, bytes, key: key)
            } else {
                LabelSet.text(of: value).withUnsafeBytes { hash.add(labels[next].name, $0, key: key) }
            }
            next += 1
        }
        return hash
    }

    private static func hash(_ name: String, _ key: UInt64) -> UInt64 {
        Array(name.utf8).withUnsafeBytes { bytes in
            bytes.baseAddress.map { pm_siphash24(~key, key, $0, bytes.count) } ?? 0
        }
    }
}

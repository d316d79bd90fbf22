/// A label with its dimensions, as somebody asked for them.
struct DimensionKey: Hashable, Sendable {
    /// Computed once, since it serves two tables.
    let hash: Int
    let label: String
    let dimensions: [(String, String)]

    init(_ label: String, _ dimensions: [(String, String)]) {
        self.label = label
        self.dimensions = dimensions
        var hasher = Hasher()
        hasher.combine(label)
        for (key, value) in dimensions {
            hasher.combine(key)
            hasher.combine(value)
        }
        hash = hasher.finalize()
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(hash)
    }

    static func == (left: DimensionKey, right: DimensionKey) -> Bool {
        guard left.hash == right.hash, left.dimensions.count == right.dimensions.count,
            left.label == right.label
        else { return false }
        for index in left.dimensions.indices where left.dimensions[index] != right.dimensions[index] {
            return false
        }
        return true
    }
}

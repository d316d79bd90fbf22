/// Finds what someone may have meant.
enum NearName {
    /// The name with the fewest changes between it and `text`; nil when there are more than a third of it.
    static func of(_ text: String, among names: [String]) -> String? {
        // A long text is nobody's typing error.
        guard text.utf8.count <= 64 else {
            return nil
        }
        let near = names.map { (name: $0, distance: distance(Array(text.utf8), Array($0.utf8))) }
            .min { $0.distance < $1.distance }
        return near.flatMap { $0.distance * 3 <= $0.name.utf8.count ? $0.name : nil }
    }

    /// How many bytes must be put in, taken out or changed, without regard to case.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let change = diagonal + (byte | 0x20 == right[column] | 0x20 ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(change, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}

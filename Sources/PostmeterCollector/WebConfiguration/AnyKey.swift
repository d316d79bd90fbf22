/// A key of any name.
struct AnyKey: CodingKey {
    let stringValue: String

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    var intValue: Int? { nil }

    init?(intValue: Int) {
        nil
    }

    /// Throws an error that names the first key which is not one of `known`, and one that may have been meant.
    static func refuse(_ keys: [AnyKey], besides known: [String], at path: [any CodingKey]) throws {
        let unknown = keys.filter { !known.contains($0.stringValue) }
        guard let key = unknown.min(by: { $0.stringValue < $1.stringValue }) else {
            return
        }
        let hint =
            NearName.of(key.stringValue, among: known).map { "did you mean \($0)?" }
            ?? "known here: " + known.joined(separator: ", ")
        throw DecodingError.dataCorrupted(
            .init(codingPath: path + [key], debugDescription: "unknown key; \(hint)"))
    }
}

extension Decoder {
    /// Throws an error that names a key of this mapping which is not one of `known`.
    func refuseUnknownKeys<Key: CodingKey & CaseIterable>(besides known: Key.Type) throws {
        let names = known.allCases.map { $0.stringValue }
        try AnyKey.refuse(try container(keyedBy: AnyKey.self).allKeys, besides: names, at: codingPath)
    }
}

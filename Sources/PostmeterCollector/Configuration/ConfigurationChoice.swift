/// One of a few words, in any case; nil when there is none.
func choice<T>(
    _ text: String?, at path: String, _ choices: KeyValuePairs<String, T>
) throws(ConfigurationError) -> T? {
    guard let text else { return nil }
    let word = text.lowercased()
    guard let choice = choices.first(where: { $0.key.lowercased() == word }) else {
        let known = choices.map(\.key).joined(separator: ", ")
        throw ConfigurationError(path: path, problem: "'\(text)' is none of \(known)")
    }
    return choice.value
}

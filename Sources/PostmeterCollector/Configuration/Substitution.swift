internal import Yams

/// Replaces `${VAR}` in the texts of a YAML file by environment variables.
///
/// It works on values after the file is parsed, so that what a variable holds can't become YAML. `$$` stands
/// for a dollar sign.
struct Substitution {
    let environment: [String: String]

    /// The tree with every text replaced; throws an error that names the place and the variable that is unset.
    func apply(to node: Node, at path: String) throws(ConfigurationError) -> Node {
        switch node {
        case .scalar(var scalar):
            guard scalar.string.contains("$") else { return node }
            scalar.string = try replace(in: scalar.string, at: path)
            return .scalar(scalar)
        case .sequence(var sequence):
            for index in sequence.indices {
                sequence[index] = try apply(to: sequence[index], at: "\(path)[\(index)]")
            }
            return .sequence(sequence)
        case .mapping(let mapping):
            var pairs: [(Node, Node)] = []
            for (key, value) in mapping {
                let name = key.string ?? "?"
                pairs.append((key, try apply(to: value, at: path.isEmpty ? name : "\(path).\(name)")))
            }
            return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark))
        case .alias:
            return node
        }
    }

    private func replace(in text: String, at path: String) throws(ConfigurationError) -> String {
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.hasPrefix("$") {
                result += "$"
                rest = rest.dropFirst()
            } else if rest.hasPrefix("{"), let end = rest.firstIndex(of: "}") {
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                guard let value = environment[name], !value.isEmpty else {
                    throw ConfigurationError(
                        path: path, problem: "the environment variable \(name) is not set; export it")
                }
                result += value
                rest = rest[rest.index(after: end)...]
            } else {
                result += "$"
            }
        }
        return result + rest
    }
}

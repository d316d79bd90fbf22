internal import Yams

extension ConfigurationError {
    /// Turns what is no YAML into a place and a problem, without the line itself, which may hold a secret.
    init(_ error: YamlError, in path: String) {
        let text =
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                "line \(mark.line), column \(mark.column): \(problem)"
            case .reader(let problem, let offset, _, _):
                offset.map { "\(problem), at character \($0)" } ?? problem
            case .duplicatedKeysInMapping(let keys, let context):
                "a key stands twice: \(keys.sorted().joined(separator: ", "))\(context.mark.line > 0 ? ", near line \(context.mark.line)" : "")"
            default:
                "it cannot be parsed"
            }
        self.init(path: path, problem: "is not YAML: \(text)")
    }
}

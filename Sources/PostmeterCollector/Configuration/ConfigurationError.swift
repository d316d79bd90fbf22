/// What is wrong with a configuration, by the place in its file and the way to mend it.
package struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    /// Where, for example `endpoints[0].provider`; empty when it is the whole file.
    package let path: String
    /// What is wrong there and how to mend it.
    package let problem: String

    package init(path: String, problem: String) {
        self.path = path
        self.problem = problem
    }

    package var description: String {
        path.isEmpty ? problem : "\(path): \(problem)"
    }

    /// The error with the file that it was found in before it, unless the place is that file.
    package func text(in file: String?) -> String {
        guard let file, file != path else { return description }
        return "\(file): \(description)"
    }

    /// Turns an error of a decoder into the place and the problem that a reader of the file needs.
    init(_ error: DecodingError) {
        switch error {
        case .typeMismatch(_, let context):
            self.init(
                path: Self.text(context.codingPath),
                problem: "has the wrong type: \(context.debugDescription)")
        case .valueNotFound(_, let context):
            self.init(path: Self.text(context.codingPath), problem: "has no value")
        case .keyNotFound(let key, let context):
            self.init(path: Self.text(context.codingPath + [key]), problem: "is missing")
        case .dataCorrupted(let context):
            let inner = (context.underlyingError as? ConfigurationError)?.description
            self.init(path: Self.text(context.codingPath), problem: inner ?? context.debugDescription)
        @unknown default:
            self.init(path: "", problem: String(describing: error))
        }
    }

    private static func text(_ path: [any CodingKey]) -> String {
        path.reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }
}

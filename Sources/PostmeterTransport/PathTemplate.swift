/// A path in which a segment in braces stands for any one segment that is not empty.
struct PathTemplate: Sendable {
    private enum Segment: Sendable {
        case literal(String)
        case placeholder(String)
    }

    /// What the template says of a path.
    enum Match: Equatable {
        case no
        /// It fits, but a value is not percent-encoded UTF-8.
        case undecodable
        case yes(HTTPParameters)
    }

    /// The template as written.
    let text: String

    private let segments: [Segment]

    init(_ text: String) {
        self.text = text
        segments = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .placeholder(String(segment.dropFirst().dropLast()))
                : .literal(String(segment))
        }
    }

    /// Whether there is no placeholder.
    var isLiteral: Bool {
        segments.allSatisfy { segment in
            if case .literal = segment { true } else { false }
        }
    }

    /// Matches segment by segment, without cutting the path up first.
    func match(_ path: String) -> Match {
        let bytes = path.utf8
        var parameters = HTTPParameters()
        var decodable = true
        var position = bytes.startIndex
        for segment in segments {
            guard position < bytes.endIndex, bytes[position] == UInt8(ascii: "/") else {
                return .no
            }
            let start = bytes.index(after: position)
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
            switch segment {
            case .literal(let literal):
                guard bytes[start..<end].elementsEqual(literal.utf8) else {
                    return .no
                }
            case .placeholder(let name):
                guard start < end else {
                    return .no
                }
                if let value = PercentEncoding.decode(path[start..<end]) {
                    parameters.add(name, value)
                } else {
                    decodable = false
                }
            }
            position = end
        }
        guard position == bytes.endIndex else {
            return .no
        }
        return decodable ? .yes(parameters) : .undecodable
    }
}

/// What the placeholders of a route's template stood for in a request's path, percent-decoded.
package struct HTTPParameters: Sendable, Equatable {
    private var values: [(name: String, value: String)] = []

    package init() {}

    mutating func add(_ name: String, _ value: String) {
        values.append((name, value))
    }

    /// The value of the placeholder of this name.
    package subscript(name: String) -> String? {
        values.first { $0.name == name }?.value
    }

    package static func == (left: HTTPParameters, right: HTTPParameters) -> Bool {
        left.values.elementsEqual(right.values, by: ==)
    }
}

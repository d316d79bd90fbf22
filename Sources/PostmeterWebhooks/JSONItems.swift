import CSimdjson

/// The items of a JSON array, in order; void when its values are.
package struct JSONItems: Sequence, IteratorProtocol {
    private var items: pm_json_items

    init(_ items: pm_json_items) {
        self.items = items
    }

    package mutating func next() -> JSONValue? {
        var value = pm_json_value()
        return pm_json_next(&items, &value) ? JSONValue(value) : nil
    }
}

import CSimdjson

/// A value of the document that a `JSONParser` parsed last: a view that costs nothing to copy.
///
/// It is void once the parser parses again or is gone. An accessor of another type than the value's is nil.
package struct JSONValue {
    /// The types of JSON, with whole numbers apart from others.
    package enum Kind: Sendable, Hashable {
        case null
        case boolean
        case integer
        case double
        case string
        case array
        case object
    }

    private let value: pm_json_value

    init(_ value: pm_json_value) {
        self.value = value
    }

    /// The type of the value.
    package var kind: Kind {
        switch pm_json_kind_of(value) {
        case PM_JSON_BOOLEAN: .boolean
        case PM_JSON_INTEGER: .integer
        case PM_JSON_DOUBLE: .double
        case PM_JSON_STRING: .string
        case PM_JSON_ARRAY: .array
        case PM_JSON_OBJECT: .object
        default: .null
        }
    }

    /// The first field of an object with this name; O(fields).
    package subscript(key: StaticString) -> JSONValue? {
        var found = pm_json_value()
        let name = UnsafeRawPointer(key.utf8Start).assumingMemoryBound(to: CChar.self)
        return pm_json_field(value, name, key.utf8CodeUnitCount, &found) ? JSONValue(found) : nil
    }

    /// The first field of an object with this name, which is not known beforehand; O(fields).
    package subscript(name key: String) -> JSONValue? {
        var key = key
        return key.withUTF8 { name in
            var found = pm_json_value()
            let start = UnsafeRawPointer(name.baseAddress)?.assumingMemoryBound(to: CChar.self)
            return pm_json_field(value, start, name.count, &found) ? JSONValue(found) : nil
        }
    }

    /// The first field of an object with this name, whatever the case of its ASCII letters; O(fields).
    package subscript(anyCase key: StaticString) -> JSONValue? {
        var found = pm_json_value()
        let name = UnsafeRawPointer(key.utf8Start).assumingMemoryBound(to: CChar.self)
        return pm_json_field_any_case(value, name, key.utf8CodeUnitCount, &found) ? JSONValue(found) : nil
    }

    /// The unescaped UTF-8 of a string, which lives as long as the value does.
    package var utf8: UnsafeBufferPointer<UInt8>? {
        var text: UnsafePointer<CChar>?
        var length = 0
        guard pm_json_string(value, &text, &length), let text else { return nil }
        let start = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
        return UnsafeBufferPointer(start: start, count: length)
    }

    /// A whole number in the range of `Int64`.
    package var integer: Int64? {
        var number: Int64 = 0
        return pm_json_integer(value, &number) ? number : nil
    }

    /// Any number; a whole one is rounded to the nearest double.
    package var double: Double? {
        var number = 0.0
        return pm_json_double(value, &number) ? number : nil
    }

    /// True or false.
    package var boolean: Bool? {
        var truth = false
        return pm_json_boolean(value, &truth) ? truth : nil
    }

    /// The items of an array, in order.
    package var items: JSONItems? {
        var items = pm_json_items()
        return pm_json_items_of(value, &items) ? JSONItems(items) : nil
    }
}

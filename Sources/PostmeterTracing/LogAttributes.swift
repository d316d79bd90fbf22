public import PostmeterModel

/// Writes the attributes of a log record that is being recorded.
///
/// A later value of a key takes the place of an earlier one; an empty key is left out and counted.
public struct LogAttributes: ~Copyable {
    private let slot: RecordSlot

    init(_ slot: RecordSlot) {
        self.slot = slot
    }

    /// Sets an attribute; an earlier value of the key is replaced.
    public mutating func set(_ key: String, _ value: String) {
        slot.set(key, value, as: .logRecord)
    }

    /// Sets an attribute; an earlier value of the key is replaced.
    public mutating func set(_ key: String, _ value: Int) {
        slot.set(key, Int64(value), as: .logRecord)
    }

    /// Sets an attribute; an earlier value of the key is replaced.
    public mutating func set(_ key: String, _ value: Double) {
        slot.set(key, value, as: .logRecord)
    }

    /// Sets an attribute; an earlier value of the key is replaced.
    public mutating func set(_ key: String, _ value: Bool) {
        slot.set(key, value, as: .logRecord)
    }

    /// Sets an attribute of any type; an earlier value of the key is replaced.
    public mutating func set(_ attribute: Attribute) {
        slot.set(attribute, as: .logRecord)
    }
}

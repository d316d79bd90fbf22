/// Names and values that travel with a request to everything it causes.
///
/// At most 64 members, and 8,192 bytes as a header; what would go beyond is left out.
/// Source: W3C Baggage, sections 3.2 and 3.3; OpenTelemetry specification, "Baggage API".
public struct Baggage: Sendable, Hashable {
    /// The most members.
    public static let memberLimit = 64
    /// The most bytes of a header.
    public static let byteLimit = 8_192

    /// One name with its value.
    public struct Member: Sendable, Hashable {
        /// The name: a token of HTTP, such as `tenant`.
        public let key: String
        /// Any text.
        public let value: String
        /// What is said about the value, in the order of the header.
        public let properties: [Property]
    }

    /// Something said about the value of a member.
    public struct Property: Sendable, Hashable {
        /// A token of HTTP.
        public let key: String
        /// Any text; nil when the property is only a name.
        public let value: String?

        /// Creates a property.
        public init(_ key: String, _ value: String? = nil) {
            self.key = key
            self.value = value
        }
    }

    /// All members, in the order in which their names were first set.
    public private(set) var members: [Member] = []
    /// The bytes of the header.
    private var size = 0

    /// Creates a baggage without members.
    public init() {}

    /// Whether there is no member.
    public var isEmpty: Bool { members.isEmpty }

    /// The value of a name; setting nil takes the member away, and what does not fit is left out.
    public subscript(key: String) -> String? {
        get { members.first { $0.key == key }?.value }
        set {
            if let newValue {
                set(key, newValue)
            } else {
                remove(key)
            }
        }
    }

    /// Sets the value of a name in the place of an earlier one.
    ///
    /// - Returns: False, with nothing changed, when a name is no token or the limits would be passed.
    @discardableResult
    public mutating func set(_ key: String, _ value: String, properties: [Property] = []) -> Bool {
        guard BaggageText.isToken(key), properties.allSatisfy({ BaggageText.isToken($0.key) }) else {
            return false
        }
        let member = Member(key: key, value: value, properties: properties)
        let added = BaggageText.length(of: member)
        let old = members.firstIndex { $0.key == key }
        let removed = old.map { BaggageText.length(of: members[$0]) } ?? 0
        let comma = old == nil && !members.isEmpty ? 1 : 0
        guard size - removed + added + comma <= Self.byteLimit,
            old != nil || members.count < Self.memberLimit
        else { return false }
        size += added + comma - removed
        if let old {
            members[old] = member
        } else {
            members.append(member)
        }
        return true
    }

    private mutating func remove(_ key: String) {
        guard let index = members.firstIndex(where: { $0.key == key }) else { return }
        size -= BaggageText.length(of: members[index]) + (members.count > 1 ? 1 : 0)
        members.remove(at: index)
    }

    /// Reads the header `baggage`, its values joined with commas when there are several.
    ///
    /// A member that is malformed or goes beyond the limits is left out and the rest kept; of two with the same
    /// name the later one holds. A percent sign that begins no escape stands for itself, and bytes that are no
    /// UTF-8 become U+FFFD.
    public static func parse(_ header: String?) -> Baggage {
        var baggage = Baggage()
        guard let header else { return baggage }
        for part in header.utf8.split(separator: UInt8(ascii: ",")) {
            guard let member = BaggageText.member(part) else { continue }
            baggage.set(member.key, member.value, properties: member.properties)
        }
        return baggage
    }

    /// The value of the header `baggage`; empty when there is no member, and then no header is to be sent.
    public var header: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        for member in members {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
            BaggageText.append(member, to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

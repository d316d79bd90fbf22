/// Fields of mail as platforms write them: an address may be a string or an object, a list may be one item.
extension JSONValue {
    /// The addresses past this many are counted, but not kept.
    private static let addressLimit = 100

    /// The bare address of a string, of an object with `email`, `address`, `Email` or `emailAddress`, or of
    /// an array's first item.
    package var address: String? {
        if let utf8 {
            return MailAddress.bare(utf8)
        }
        if let text = (self["email"] ?? self["address"] ?? self["Email"] ?? self["emailAddress"])?.utf8 {
            return MailAddress.bare(text)
        }
        var items = items
        guard let first = items?.next(), first.kind != .array else { return nil }
        return first.address
    }

    /// Adds the addresses of an array, or of one address, to `list`; junk among them is left out.
    package func appendAddresses(to list: inout [String]) {
        guard let items else {
            if list.count < Self.addressLimit, let address, !address.isEmpty {
                list.append(address)
            }
            return
        }
        for item in items where list.count < Self.addressLimit && item.kind != .array {
            if let address = item.address, !address.isEmpty {
                list.append(address)
            }
        }
    }

    /// How many items an array has; 1 for anything else.
    package var itemCount: Int {
        guard let items else { return 1 }
        return items.reduce(0) { count, _ in count + 1 }
    }

    /// The items of an array; anything else is its own only one.
    var elements: [JSONValue] {
        items.map(Array.init) ?? [self]
    }
}

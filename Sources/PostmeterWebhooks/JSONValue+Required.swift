package import PostmeterModel

extension JSONParser {
    /// Reads a body that is an object, as those of all platforms are that send one event.
    ///
    /// Bounds and lifetime are those of ``parse(_:)``.
    package func parseObject(_ body: UnsafeRawBufferPointer) throws(DecodeFailure) -> JSONValue {
        let root = try parse(body)
        guard root.kind == .object else {
            throw DecodeFailure(.wrongType, "the body is not a JSON object")
        }
        return root
    }
}

/// Fields that a platform always sends. `parent` is where the object stands, for the failure's sentence.
extension JSONValue {
    /// The object under `key`.
    package func requiredObject(
        _ key: StaticString,
        in parent: StaticString = ""
    ) throws(DecodeFailure) -> JSONValue {
        guard let found = self[key], found.kind == .object else {
            throw failure(key, in: parent, wanted: "an object")
        }
        return found
    }

    /// The unescaped UTF-8 of the string under `key`, which lives as long as the value does.
    package func requiredString(
        _ key: StaticString,
        in parent: StaticString = ""
    ) throws(DecodeFailure) -> UnsafeBufferPointer<UInt8> {
        guard let text = self[key]?.utf8 else {
            throw failure(key, in: parent, wanted: "a string")
        }
        return text
    }

    /// The unescaped UTF-8 of the string under `key`, which is not empty.
    package func requiredName(
        _ key: StaticString,
        in parent: StaticString = ""
    ) throws(DecodeFailure) -> UnsafeBufferPointer<UInt8> {
        let text = try requiredString(key, in: parent)
        guard !text.isEmpty else {
            throw DecodeFailure(.missingField, "\(Self.path(parent, key)) is empty")
        }
        return text
    }

    /// The instant under `key`.
    package func requiredTime(
        _ key: StaticString,
        in parent: StaticString = ""
    ) throws(DecodeFailure) -> UnixTime {
        let text = try requiredString(key, in: parent)
        guard let time = InternetTime.parse(text) else {
            throw DecodeFailure(
                .badTime,
                "\(Self.path(parent, key)) is not a time such as 2026-01-31T09:30:00.125Z"
            )
        }
        return time
    }

    /// The value under `key`, which is not null.
    package func required(
        _ key: StaticString,
        in parent: StaticString = ""
    ) throws(DecodeFailure) -> JSONValue {
        guard let found = self[key], found.kind != .null else {
            throw failure(key, in: parent, wanted: "a value")
        }
        return found
    }

    /// Why the field under `key` will not do.
    private func failure(_ key: StaticString, in parent: StaticString, wanted: String) -> DecodeFailure {
        let path = Self.path(parent, key)
        guard let found = self[key], found.kind != .null else {
            return DecodeFailure(.missingField, "\(path) is missing")
        }
        return DecodeFailure(.wrongType, "\(path) is not \(wanted)")
    }

    private static func path(_ parent: StaticString, _ key: StaticString) -> String {
        parent.utf8CodeUnitCount == 0 ? "\(key)" : "\(parent).\(key)"
    }
}

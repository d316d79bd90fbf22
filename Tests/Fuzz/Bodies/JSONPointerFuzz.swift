@testable import PostmeterWebhooks

/// JSON pointers: a line with the pointer, then a document that it is followed in.
enum JSONPointerFuzz {
    static let target = FuzzTarget("json-pointer", run)

    @Sendable private static func run(_ input: [UInt8]) throws {
        var input = FuzzInput(input)
        let text = input.line() ?? ""
        let pointer: JSONPointer
        do throws(JSONPointerError) {
            pointer = try JSONPointer(text)
        } catch {
            try require(!isPointer(Array(text.utf8)), "\(text.debugDescription) is refused: \(error.problem)")
            try require(error.problem.utf8.count <= 256, "a reason of \(error.problem.utf8.count) bytes")
            return
        }
        try require(isPointer(Array(text.utf8)), "\(text.debugDescription) is taken")
        let written = pointer.steps.flatMap { [UInt8(ascii: "/")] + escaped($0.name) }
        try require(
            written == Array(text.utf8),
            "\(text.debugDescription) is written \(String(decoding: written, as: UTF8.self).debugDescription)"
        )
        try follow(pointer, in: input.rest)
    }

    private static func escaped(_ name: String) -> [UInt8] {
        name.utf8.flatMap { byte in
            switch byte {
            case UInt8(ascii: "~"): Array("~0".utf8)
            case UInt8(ascii: "/"): Array("~1".utf8)
            default: [byte]
            }
        }
    }

    /// The grammar of RFC 6901, and our limits.
    private static func isPointer(_ text: [UInt8]) -> Bool {
        guard text.count <= JSONPointer.textLimit else { return false }
        guard let first = text.first else { return true }
        guard first == UInt8(ascii: "/"),
            text.count(where: { $0 == UInt8(ascii: "/") }) <= JSONPointer.stepLimit
        else { return false }
        return text.indices.allSatisfy { index in
            text[index] != UInt8(ascii: "~")
                || (index + 1 < text.count
                    && [UInt8(ascii: "0"), UInt8(ascii: "1")].contains(text[index + 1]))
        }
    }

    /// Whatever the document, following a pointer ends; the empty one leads to the document itself.
    private static func follow(_ pointer: JSONPointer, in body: [UInt8]) throws {
        let parser = JSONParser(byteLimit: 64 << 10)
        let padded = body + [UInt8](repeating: 0x5d, count: JSONParser.padding)
        try padded.withUnsafeBytes { bytes in
            let document = UnsafeRawBufferPointer(rebasing: bytes[..<body.count])
            guard let root = try? parser.parse(document) else { return }
            let found = root.at(pointer)
            if pointer.steps.isEmpty { try require(found?.kind == root.kind, "the document is not itself") }
            if let last = pointer.steps.last, found != nil, root.kind != .array, root.kind != .object {
                throw FuzzFailure(description: "\(last.name.debugDescription) is found in a \(root.kind)")
            }
        }
    }
}

import CSimdjson

/// A reusable parser for JSON documents of bounded size and depth.
///
/// It keeps the memory of the largest document it has seen. Not safe to share between threads: each thread
/// that decodes has one of its own.
package final class JSONParser {
    /// The bytes that must be readable behind a document; their values do not matter.
    package static let padding = pm_json_padding()

    private let parser: OpaquePointer?

    /// Creates a parser for documents of at most `byteLimit` bytes (1 KiB or more) and `depthLimit` levels.
    package init(byteLimit: Int = 1 << 20, depthLimit: Int = 64) {
        parser = pm_json_parser_make(max(1_024, byteLimit), max(1, depthLimit))
    }

    deinit {
        pm_json_parser_free(parser)
    }

    /// Parses and validates a whole document; all values of the document before are void from here on.
    ///
    /// - Parameter bytes: the document, behind which `padding` more bytes can be read; it need not outlive
    ///   the call.
    package func parse(_ bytes: UnsafeRawBufferPointer) throws(DecodeFailure) -> JSONValue {
        guard let parser else {
            throw DecodeFailure(.tooLarge, "there was no memory for a JSON parser")
        }
        var root = pm_json_value()
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        switch pm_json_parse(parser, start, bytes.count, &root) {
        case PM_JSON_OK:
            return JSONValue(root)
        case PM_JSON_TOO_LARGE:
            throw DecodeFailure(.tooLarge, "the body of \(bytes.count) bytes is larger than the parser takes")
        case PM_JSON_NO_MEMORY:
            throw DecodeFailure(.tooLarge, "there was no memory to parse a body of \(bytes.count) bytes")
        case PM_JSON_TOO_DEEP:
            throw DecodeFailure(.malformedJSON, "the body nests deeper than the parser takes")
        case PM_JSON_NOT_UTF8:
            throw DecodeFailure(.malformedJSON, "the body is not valid UTF-8")
        case PM_JSON_BAD_NUMBER:
            throw DecodeFailure(.malformedJSON, "the body holds a number that is malformed or out of range")
        case PM_JSON_EMPTY:
            throw DecodeFailure(.malformedJSON, "the body is empty")
        default:
            throw DecodeFailure(.malformedJSON, "the body is not valid JSON")
        }
    }
}

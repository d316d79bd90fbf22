import Foundation
import PostmeterWebhooks
import Testing

@Suite struct JSONPointerTests {
    /// The document of RFC 6901, section 5.
    private static let document = #"""
        {"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8,
        "big":{"10":{"01":"x"}},"none":null}
        """#

    private static func kind(at pointer: String) throws -> (JSONValue.Kind, Int64?)? {
        let pointer = try JSONPointer(pointer)
        let parser = JSONParser()
        return try withPadding(Array(document.utf8)) { bytes in
            try parser.parse(bytes).at(pointer).map { ($0.kind, $0.integer) }
        }
    }

    @Test(arguments: [
        ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3), ("/g|h", 4), ("/i\\j", 5), ("/k\"l", 6), ("/ ", 7),
        ("/m~0n", 8),
    ])
    func `the pointers of the specification lead to its values`(pointer: String, number: Int64) throws {
        #expect(try Self.kind(at: pointer)?.1 == number)
    }

    @Test func `the empty pointer is the document, and digits are places of arrays and names of fields`()
        throws
    {
        #expect(try Self.kind(at: "")?.0 == .object)
        #expect(try Self.kind(at: "/foo")?.0 == .array)
        #expect(try Self.kind(at: "/foo/1")?.0 == .string)
        #expect(try Self.kind(at: "/big/10/01")?.0 == .string)
        #expect(try Self.kind(at: "/none")?.0 == .null)
    }

    @Test(arguments: [
        "/foo/2", "/foo/01", "/foo/-", "/foo/00", "/foo/1/x", "/foo/bar", "/none/x", "/x", "/foo/",
        "/foo/1000",
        "/foo/99999999999999999999", "//", "/ /",
    ])
    func `a way that breaks off leads nowhere`(pointer: String) throws {
        #expect(try Self.kind(at: pointer) == nil)
    }

    @Test(arguments: [
        ("type", "'type' is not a JSON pointer: begin with /"),
        ("$.type", "'$.type' is not a JSON pointer: begin with /"),
        ("#/type", "'#/type' is not a JSON pointer: begin with /"),
        ("/a~2", "'/a~2' is not a JSON pointer: write ~0 for ~ and ~1 for / in a name"),
        ("/a~", "'/a~' is not a JSON pointer: write ~0 for ~ and ~1 for / in a name"),
        ("a\nb", "'a b' is not a JSON pointer: begin with /"),
    ])
    func `what is no pointer is refused with the way to mend it`(text: String, problem: String) {
        #expect(throws: JSONPointerError.self) { try JSONPointer(text) }
        do {
            _ = try JSONPointer(text)
        } catch {
            #expect(error.problem == problem)
        }
    }

    @Test func `pointers are bounded`() throws {
        #expect(try JSONPointer("/" + String(repeating: "a", count: 255)).text.utf8.count == 256)
        #expect(throws: JSONPointerError.self) { try JSONPointer("/" + String(repeating: "a", count: 256)) }
        #expect(try JSONPointer(String(repeating: "/a", count: 16)).text.utf8.count == 32)
        #expect(throws: JSONPointerError.self) { try JSONPointer(String(repeating: "/a", count: 17)) }
    }

    @Test func `a pointer is written as it was read`() throws {
        for text in ["", "/", "/a~1b/~0/0", "/é"] {
            let pointer = try JSONPointer(text)
            let bytes = try JSONEncoder().encode([pointer])
            #expect(try JSONDecoder().decode([JSONPointer].self, from: bytes) == [pointer])
        }
    }
}

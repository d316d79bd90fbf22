import PostmeterWebhooks
import Testing

@Suite struct JSONParserTests {
    private func parse<Result>(
        _ json: String,
        with parser: JSONParser = JSONParser(),
        _ body: (JSONValue) throws -> Result
    ) throws -> Result {
        try withPadding(Array(json.utf8)) { try body(parser.parse($0)) }
    }

    @Test func `each kind is read and no other`() throws {
        let json = #"{"n":null,"b":true,"i":-7,"d":2.5,"s":"x","a":[1],"o":{},"big":18446744073709551615}"#
        try parse(json) { root in
            #expect(root.kind == .object)
            #expect(root["n"]?.kind == .null)
            #expect(root["b"]?.kind == .boolean && root["b"]?.boolean == true)
            #expect(root["i"]?.kind == .integer && root["i"]?.integer == -7 && root["i"]?.double == -7)
            #expect(root["d"]?.kind == .double && root["d"]?.double == 2.5 && root["d"]?.integer == nil)
            #expect(root["s"]?.kind == .string && root["s"]?.text(limit: 9) == "x")
            #expect(root["a"]?.kind == .array && root["a"]?.items?.map(\.integer) == [1])
            #expect(root["o"]?.kind == .object)
            #expect(root["big"]?.kind == .integer && root["big"]?.integer == nil)
            #expect(root["missing"] == nil)
            for key: StaticString in ["n", "b", "i", "d", "s", "a"] {
                #expect(root[key]?["x"] == nil)
                #expect(root[key]?[anyCase: "x"] == nil)
            }
            for key: StaticString in ["n", "b", "i", "d", "s", "o"] {
                #expect(root[key]?.items == nil)
            }
            for key: StaticString in ["n", "b", "i", "d", "a", "o"] {
                #expect(root[key]?.utf8 == nil)
                #expect(root[key]?.equals("") == false)
            }
        }
    }

    @Test func `keys are found in order, by name, and by name of any case`() throws {
        try parse(#"{"a":1,"A":2,"a":3,"\u0062":4}"#) { root in
            #expect(root["a"]?.integer == 1)
            #expect(root["A"]?.integer == 2)
            #expect(root[anyCase: "A"]?.integer == 1)
            #expect(root["b"]?.integer == 4)
        }
    }

    @Test func `strings are unescaped, and compared as they are`() throws {
        try parse(#"["\u00e9\ud83d\ude00\n","email.sent","email.","\u0000",""]"#) { root in
            let items = root.items.map(Array.init) ?? []
            #expect(items[0].utf8.map(Array.init) == Array("é😀\n".utf8))
            #expect(items[0].text(limit: 100) == "é😀 ")
            #expect(
                items[1].equals("email.sent") && !items[1].equals("email.sen")
                    && !items[1].equals("email.send")
            )
            #expect(
                items[1].utf8?.begins(with: "email.") == true && items[2].utf8?.begins(with: "email.") == true
            )
            #expect(
                items[2].utf8?.begins(with: "email.x") == false && items[4].utf8?.begins(with: "") == true
            )
            #expect(items[3].utf8.map(Array.init) == [0] && items[3].text(limit: 9) == " ")
            #expect(items[4].text(limit: 9) == "" && items[4].equals(""))
        }
    }

    @Test(arguments: [(0, ""), (1, "a"), (2, "a"), (3, "aé"), (6, "aé"), (7, "aé😀"), (8, "aé😀b")])
    func `text is cut between characters`(limit: Int, expected: String) throws {
        #expect(try parse("\"aé😀b\"") { $0.text(limit: limit) } == expected)
    }

    @Test func `nested arrays are walked in order`() throws {
        let sums = try parse("[[1,2,[9]],[],[3],4]") { root in
            root.items?.map { ($0.items?.compactMap(\.integer).reduce(0, +)) ?? -1 }
        }
        #expect(sums == [3, 0, 3, -1])
    }

    @Test func `size and depth are limited`() throws {
        let parser = JSONParser(byteLimit: 1_024, depthLimit: 8)
        let fits = "\"" + String(repeating: "a", count: 1_022) + "\""
        #expect(try parse(fits, with: parser) { $0.utf8?.count } == 1_022)
        #expect(throws: DecodeFailure(.tooLarge, "the body of 1025 bytes is larger than the parser takes")) {
            try parse(fits + " ", with: parser) { _ in }
        }
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
        }
        #expect(try parse(nested(6), with: parser) { $0.kind } == .array)
        #expect(throws: DecodeFailure(.malformedJSON, "the body nests deeper than the parser takes")) {
            try parse(nested(9), with: parser) { _ in }
        }
    }

    @Test func `a parser serves documents of any order of sizes`() throws {
        let parser = JSONParser()
        for size in [1, 100_000, 10, 900_000, 0, 20_000] {
            let text = String(repeating: "x", count: size)
            #expect(try parse("{\"k\":\"\(text)\"}", with: parser) { $0["k"]?.utf8?.count } == size)
        }
    }
}

import Testing

@testable import PostmeterTracing

@Suite struct BaggageTests {
    typealias Property = Baggage.Property

    @Test func `members are read with their properties, blanks and escapes`() {
        let baggage = Baggage.parse(
            "tenant = acme ,user=J%C3%BCrgen%20%22x%22;  ttl = 5;secret\t, empty=,path=a/b=c")
        #expect(baggage.members.map(\.key) == ["tenant", "user", "empty", "path"])
        #expect(baggage["tenant"] == "acme")
        #expect(baggage["user"] == "Jürgen \"x\"")
        #expect(baggage["empty"] == "")
        #expect(baggage["path"] == "a/b=c")
        #expect(baggage["nobody"] == nil)
        #expect(baggage.members[1].properties == [Property("ttl", "5"), Property("secret")])
    }

    @Test func `a header is written with escapes for what may not stand in it`() {
        var baggage = Baggage()
        baggage["tenant"] = "acme"
        baggage.set("user", "Jürgen, 100%;\\\"", properties: [Property("ttl", "5 s"), Property("secret")])
        #expect(
            baggage.header == "tenant=acme,user=J%C3%BCrgen%2C%20100%25%3B%5C%22;ttl=5%20s;secret")
    }

    @Test(arguments: [
        "", ",", " , ,", "a", "a;b=c", "=1", " =1", "a b=1", "a\"=1", "ä=1", "a=1 2", "a=\"1\"", "a=1\\",
        "a=ä",
        "a=1;", "a=1;;b", "a=1;b c", "a=1;b=1 2", "a=1;=2", "a@b=1", "(a)=1", "a=\u{7f}", "a=\u{1}",
    ])
    func `a malformed member is left out and the others kept`(member: String) {
        let baggage = Baggage.parse("first=1,\(member),last=2")
        #expect(baggage.members.map(\.key) == ["first", "last"])
        #expect(Baggage.parse(member).isEmpty)
    }

    @Test(arguments: [
        ("a=%", "%"), ("a=%4", "%4"), ("a=%zz", "%zz"), ("a=%41", "A"), ("a=%e2%82%AC", "€"),
        ("a=%FF", "\u{fffd}"),
        ("a=100%25", "100%"), ("a=1=2", "1=2"), ("a=%2C%3B", ",;"), ("a=%%41", "%A"),
    ])
    func `escapes are read`(header: String, value: String) {
        #expect(Baggage.parse(header)["a"] == value)
    }

    @Test func `of two members with one name the later one holds`() {
        let baggage = Baggage.parse("a=1,b=2,a=3")
        #expect(baggage.header == "a=3,b=2")
    }

    @Test func `an absent header is an empty baggage`() {
        #expect(Baggage.parse(nil).isEmpty)
        #expect(Baggage().header == "")
    }

    @Test func `at most 64 members are kept`() {
        let header = (0..<70).map { "k\($0)=\($0)" }.joined(separator: ",")
        var baggage = Baggage.parse(header)
        #expect(baggage.members.map(\.key) == (0..<64).map { "k\($0)" })
        let refused = baggage.set("one-more", "1")
        let changed = baggage.set("k5", "changed")
        baggage["k6"] = nil
        let added = baggage.set("one-more", "1")
        #expect([refused, changed, added] == [false, true, true])
        #expect(baggage.members.count == 64)
    }

    @Test func `a header has at most 8,192 bytes, and whole members are left out`() {
        var baggage = Baggage()
        let fits = [
            baggage.set("a", String(repeating: "x", count: 4_000)),
            baggage.set("b", String(repeating: "x", count: 4_187)),
        ]
        #expect(fits == [true, true])
        #expect(baggage.header.utf8.count == 8_192)
        let tooLong = [baggage.set("c", ""), baggage.set("b", String(repeating: "x", count: 4_188))]
        #expect(tooLong == [false, false])
        #expect(baggage["b"]?.count == 4_187)
        let again = [baggage.set("a", ""), baggage.set("c", String(repeating: "é", count: 600))]
        #expect(again == [true, true])
        #expect(Baggage.parse(baggage.header) == baggage)
    }

    @Test func `a name that is no token is refused`() {
        var baggage = Baggage()
        for key in ["", " ", "a b", "a,b", "a=b", "ä", "a;b"] {
            let results = [
                baggage.set(key, "1"), baggage.set("a", "1", properties: [Property(key)]),
            ]
            #expect(results == [false, false])
        }
        #expect(baggage.isEmpty)
    }

    @Test(arguments: UInt64(1)...200)
    func `what is written is read back`(seed: UInt64) {
        var random = SplitMix(seed)
        var baggage = Baggage()
        for _ in 0..<Int.random(in: 0..<80, using: &random) {
            let key = "key-\(random.next() % 70)"
            if random.next() % 5 == 0 { baggage[key] = nil }
            let properties = (0..<(random.next() % 3)).map { index in
                Property("p\(index)", Bool.random(using: &random) ? nil : random.text(0...9))
            }
            baggage.set(key, random.text(0...80), properties: properties)
        }
        let header = baggage.header
        #expect(Baggage.parse(header) == baggage, "seed \(seed)")
        #expect(Baggage.parse(header).header == header)
        #expect(header.utf8.count <= 8_192)
    }

    @Test(arguments: UInt64(1)...200)
    func `whatever is read can be handed on`(seed: UInt64) {
        var random = SplitMix(seed)
        let bytes = (0..<Int.random(in: 0..<200, using: &random)).map { _ in
            Array("abc=;,% \t%41%e9\"\\é\u{0}".utf8).randomElement(using: &random) ?? 0
        }
        let baggage = Baggage.parse(String(decoding: bytes, as: UTF8.self))
        #expect(Baggage.parse(baggage.header) == baggage, "seed \(seed)")
    }
}

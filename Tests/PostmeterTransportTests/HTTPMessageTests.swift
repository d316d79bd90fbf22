import NIOCore
import Testing

@testable import PostmeterTransport

@Suite struct HTTPMessageTests {
    @Test func `header fields are found without regard to case`() {
        var headers: HTTPHeaders = ["Content-Type": "a", "content-type": "b"]
        #expect(headers["CONTENT-TYPE"] == "a")
        #expect(headers.values("Content-type") == ["a", "b"])
        headers.replace("content-TYPE", with: "c")
        headers.add("X", "1")
        var text: [String] = []
        headers.forEach { text.append("\($0)=\($1)") }
        #expect(text == ["content-TYPE=c", "X=1"])
        #expect(headers["Y"] == nil)
        #expect(!headers.contains("Y"))
    }

    @Test(arguments: [
        ("X-A", "b", true), ("x_a.b!", "", true), ("X", "ü \t", true),
        ("", "b", false), ("X A", "b", false), ("X:", "b", false), ("X\r\nY", "b", false), ("Ü", "b", false),
        ("X", "a\rb", false), ("X", "a\nb", false), ("X", "a\r\nb", false), ("X", "a\0b", false),
    ])
    func `a field that could break a message apart is not valid`(name: String, value: String, isValid: Bool) {
        #expect(HTTPHeaders.isValid(name: name, value: value) == isValid)
    }

    @Test(arguments: [
        ("", #""""#), ("a b", #""a b""#), ("\"\\/", #""\"\\/""#),
        ("\n\r\t\0\u{1f}", #""\n\u000d\u0009\u0000\u001f""#),
        ("é😀", #""é😀""#), ("\u{2028}\u{7f}", #""\u2028\u007f""#), ("\r\n", #""\u000d\n""#),
    ])
    func `text becomes a JSON string`(text: String, json: String) {
        var result = ""
        JSONText.append(text, to: &result)
        #expect(result == json)
    }

    @Test func `a problem has a type, a title, a status and a detail`() {
        let plain = HTTPResponse.problem(status: 401, detail: "No \"signature\".")
        #expect(plain.headers["content-type"] == "application/problem+json")
        #expect(
            String(buffer: plain.body)
                == #"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"No \"signature\"."}"#
        )
        let own = HTTPResponse.problem(
            status: 599,
            type: "https://example.org/full",
            title: "Full",
            detail: "",
            headers: ["Retry-After": "5"]
        )
        #expect(own.headers["Retry-After"] == "5")
        #expect(
            String(buffer: own.body)
                == #"{"type":"https://example.org/full","title":"Full","status":599,"detail":""}"#
        )
        #expect(
            String(buffer: HTTPResponse.problem(status: 599, detail: "").body).contains(#""title":"Unknown""#)
        )
    }

    @Test func `deadlines are looked at four times in the shortest`() {
        #expect(HTTPTimeouts(HTTPLimits()).sweepInterval == 250_000_000)
        #expect(HTTPTimeouts(.with { $0.bodyTimeout = .milliseconds(100) }).sweepInterval == 25_000_000)
        #expect(HTTPTimeouts(.with { $0.lingerTimeout = .zero }).sweepInterval == 5_000_000)
    }
}

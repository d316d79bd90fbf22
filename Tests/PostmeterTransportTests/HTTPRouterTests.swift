import Testing

@testable import PostmeterTransport

@Suite struct HTTPRouterTests {
    private func parameters(_ pairs: (String, String)...) -> PathTemplate.Match {
        var parameters = HTTPParameters()
        for (name, value) in pairs {
            parameters.add(name, value)
        }
        return .yes(parameters)
    }

    @Test func `a placeholder stands for one segment that is not empty`() {
        let template = PathTemplate("/hooks/{endpoint}")
        #expect(template.match("/hooks/acme-resend") == parameters(("endpoint", "acme-resend")))
        for path in [
            "/hooks", "/hooks/", "/hooks//", "/hooks/a/", "/hooks/a/b", "/Hooks/a", "hooks/a", "", "/",
        ] {
            #expect(template.match(path) == .no, "\(path)")
        }
    }

    @Test func `placeholders may stand anywhere`() {
        let template = PathTemplate("/{a}/x/{b}")
        #expect(template.match("/1/x/2") == parameters(("a", "1"), ("b", "2")))
        #expect(template.match("/1/y/2") == .no)
    }

    @Test func `values are decoded after the path is divided`() {
        let template = PathTemplate("/a/{b}")
        #expect(template.match("/a/b%2Fc%20%C3%A9+") == parameters(("b", "b/c é+")))
        for path in ["/a/%", "/a/%4", "/a/%4g", "/a/%ff", "/a/%c3"] {
            #expect(template.match(path) == .undecodable, "\(path)")
        }
        #expect(template.match("/a/%/c") == .no)
    }

    @Test func `a literal path goes before a template, and templates in order`() throws {
        var router = HTTPRouter()
        for template in ["/{a}", "/{b}", "/literal", "/x/{c}", "/{d}/y"] {
            router.on(.get, template) { _, _ in }
        }
        func template(_ path: String) -> String? {
            if case .found(let resource, _) = router.match(path) { resource.template.text } else { nil }
        }
        #expect(template("/literal") == "/literal")
        #expect(template("/other") == "/{a}")
        #expect(template("/x/y") == "/x/{c}")
        #expect(template("/z/y") == "/{d}/y")
        #expect(template("/z/z") == nil)
        #expect(template("/") == nil)
    }

    @Test func `a second route for a method takes the place of the first`() throws {
        var router = HTTPRouter()
        router.on(.post, "/a", bodyLimit: 1) { _, _ in }
        router.on(.get, "/a") { _, _ in }
        router.on(.post, "/a", bodyLimit: 2) { _, _ in }
        #expect(router.resources.count == 1)
        #expect(router.resources[0].route(for: .post)?.bodyLimit(HTTPParameters()) == 2)
        #expect(router.resources[0].route(for: .head)?.method == .get)
        #expect(router.resources[0].allowed == [.get, .post, .head])
    }

    @Test(
        arguments: [
            ("/a/b", "/a/b", nil), ("/a?b=c&d", "/a", "b=c&d"), ("/?", "/", ""), ("/a#b", "/a", nil),
            ("/a?b#c?d", "/a", "b"), ("http://host:80/a?b", "/a", "b"), ("HTTPS://host", "/", nil),
            ("http://host?b", "/", "b"), ("*", "*", nil), ("host:1", "host:1", nil), ("", "/", nil),
            ("//a", "//a", nil),
        ] as [(String, String, String?)]
    )
    func `a target is a path and a query`(target: String, path: String, query: String?) {
        #expect(HTTPTarget(target).path == path)
        #expect(HTTPTarget(target).query == query)
    }
}

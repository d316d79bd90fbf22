import Postmeter
import PostmeterMail
import PostmeterTransport
import Testing

@testable import PostmeterCollector

/// The routes of a collector that runs in this process.
@Suite struct DeadLetterAPITests {
    private let collectors = RunningCollectorTests()
    private typealias Answer = (status: Int, body: String)

    /// A collector with three dead letters, records 3 to 5; `api` asks it.
    private func withLetters(
        _ body: (_ api: (HTTPMethod, String, String) async -> Answer, _ url: String) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            var settings = collectors.configuration(folder)
            settings.telemetry.privacy = .domain
            try await collectors.withCollector(settings) { collector, client in
                let hook = "http://\(collector.listeners.ingest.address)/hooks/acme-resend"
                for (id, text) in [("a", "junk"), ("b", #"{"to":"bob@example.com"}"#), ("c", "[]")] {
                    #expect(await collectors.post(text, id: id, to: hook, with: client)?.status == 200)
                }
                let url = "http://\(collector.listeners.admin.address)"
                func ask(_ method: HTTPMethod, _ path: String, _ body: String) async -> Answer {
                    let request = HTTPClientRequest(
                        method: method, url: url + "/api/v1/deadletters" + path,
                        headers: body.isEmpty ? [:] : HTTPHeaders([("Content-Type", "application/json")]),
                        body: Array(body.utf8), timeout: .seconds(20))
                    let answer = await client.send(request).response
                    return (answer?.status ?? 0, String(decoding: answer?.body ?? [], as: UTF8.self))
                }
                while await !ask(.get, "", "").body.contains(#""sequence":3"#) { await Task.yield() }
                while await !ask(.get, "", "").body.contains(#""sequence":5"#) { await Task.yield() }
                try await body(ask, url)
            }
        }
    }

    @Test func `letters are listed in parts and shown masked`() async throws {
        try await withLetters { api, _ in
            let first = await api(.get, "?limit=2", "")
            #expect(first.status == 200)
            #expect(first.body.contains(#""next_cursor":"4""#))
            #expect(first.body.contains(#""sequence":5"#))
            #expect(!first.body.contains(#""sequence":3"#))
            let second = await api(.get, "?limit=2&cursor=4", "")
            #expect(second.body.contains(#""sequence":3"#))
            #expect(!second.body.contains("next_cursor"))
            let narrow = await api(.get, "?reason=wrong_type&endpoint=acme-resend", "")
            #expect(narrow.body.contains(#""sequence":5"#))
            #expect(!narrow.body.contains(#""sequence":3"#))
            let shown = await api(.get, "/4", "")
            #expect(shown.body.contains(#""body":"{\"to\":\"_@example.com\"}""#))
            #expect(!shown.body.contains("bob"))
        }
    }

    @Test func `an order is answered when it is on disk, and done when the list says so`() async throws {
        try await withLetters { api, url in
            let answer = await api(.post, "/replay", #"{"from":3,"to":4}"#)
            #expect(answer.status == 202)
            #expect(answer.body == #"{"position":8,"sequences":[3,4]}"#)
            let client = DeadLetterClient(.init(url: url + "/", credentials: nil, authorityFile: nil))
            defer { client.close() }
            let again = try await client.order(.replay, .numbers([5, 3]), patience: 600)
            #expect(again.isDone)
            #expect(again.ordered == 2)
            #expect(
                again.left == [
                    "3  malformed_json  the body is not valid JSON",
                    "5  wrong_type  the body is not a JSON object",
                ])
            #expect(await api(.get, "/3", "").body.contains(#""tries":3"#))
            var criteria = DeadLetterCriteria()
            criteria.reason = "wrong_type"
            let gone = try await client.order(.remove, .matching(criteria), patience: 600)
            #expect(gone == .init(ordered: 1, left: [], isDone: true))
            #expect(await api(.get, "/5", "").status == 404)
            #expect(await api(.delete, "/4", "").status == 202)
            #expect(
                try await client.order(.remove, .matching(DeadLetterCriteria()), patience: 600).left == [])
            #expect(await api(.get, "", "").body.hasPrefix(#"{"dead_letters":[],"#))
            let none = await api(.post, "/replay", #"{"all":true}"#)
            #expect(none.body == #"{"position":1,"sequences":[]}"#)
        }
    }

    @Test func `more letters than an order takes are ordered in parts`() async throws {
        try await withLetters { api, _ in
            let answer = await api(.post, "/replay", #"{"all":true,"limit":2}"#)
            #expect(answer.body == #"{"next_from":5,"position":8,"sequences":[3,4]}"#)
        }
    }

    @Test func `each mistake is a problem that names its field`() async throws {
        try await withLetters { api, _ in
            let mistakes: [(HTTPMethod, String, String, Int, String)] = [
                (.get, "?limit=0", "", 400, "limit: must be from 1 to 1000"),
                (.get, "/nobody", "", 400, "sequence: must be the number"),
                (.get, "/99", "", 404, "sequence: no dead letter has the number 99"),
                (
                    .post, "/replay", #"{"sequences":[3,99]}"#, 404,
                    "sequences: no dead letter has the number 99"
                ),
                (.post, "/replay", "{}", 400, "sequences: is missing"),
                (.post, "/replay", "", 415, "Content-Type: must be application/json"),
                (.delete, "", "", 400, "sequences: is missing"),
                (.put, "", "", 405, ""),
                (.post, "/replay", String(repeating: " ", count: 70_000), 413, ""),
            ]
            for (method, path, body, status, words) in mistakes {
                let answer = await api(method, path, body)
                #expect(answer.status == status, "\(path) \(answer.body)")
                #expect(answer.body.contains(#""status":\#(status)"#), "\(path)")
                #expect(answer.body.contains(words), "\(answer.body)")
            }
            // Nothing of it was ordered.
            #expect(await api(.get, "/3", "").body.contains(#""tries":1"#))
        }
    }

    @Test func `a command says what to do when no collector runs`() async throws {
        let client = DeadLetterClient(
            .init(url: "http://127.0.0.1:1", credentials: nil, authorityFile: nil))
        defer { client.close() }
        let error = await #expect(throws: ConfigurationError.self) {
            try await client.order(.replay, .numbers([1]), patience: 1)
        }
        #expect(
            error?.description
                == "http://127.0.0.1:1: no collector runs there, and only one that runs can do this: start it with "
                + "'postmeter serve', or name another with --admin URL")
    }

    @Test(
        arguments: [
            ("127.0.0.1", 4381, nil, "http://127.0.0.1:4381"), ("::", 4381, nil, "http://[::1]:4381"),
            ("0.0.0.0", 80, nil, "http://127.0.0.1:80"),
            ("127.0.0.1", 0, nil, "listen.admin: leaves the port to the system: name it with --admin URL"),
            (
                "127.0.0.1", 4381, "web.yaml",
                "listen.admin: is guarded by a web_config_file: name it with --admin https://HOST:PORT, and give "
                    + "--user, --password-file and --ca-file as far as it asks for them"
            ),
        ] as [(String, Int, String?, String)])
    func `the address comes from the configuration`(host: String, port: Int, file: String?, expected: String)
    {
        var listen = CollectorConfiguration.Listen()
        listen.admin = ListenAddress(host: host, port: port)
        listen.webConfigFiles.admin = file
        let found: String
        do throws(ConfigurationError) {
            found = try DeadLetterClient.Access.url(of: listen)
        } catch {
            found = error.description
        }
        #expect(found == expected)
    }
}

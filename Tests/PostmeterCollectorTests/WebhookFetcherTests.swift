import Synchronization
import Testing

@testable import PostmeterCollector

@Suite struct WebhookFetcherTests {
    /// What was asked for and is answered by the test.
    private final class Web: Sendable {
        let asked = Mutex<
            [(url: String, answer: @Sendable (Result<[UInt8], WebhookFetcher.Failure>) -> Void)]
        >([])

        var fetcher: WebhookFetcher {
            WebhookFetcher { url, answer in self.asked.withLock { $0.append((url, answer)) } }
        }

        func answer(_ result: Result<[UInt8], WebhookFetcher.Failure>) {
            let first = asked.withLock { $0.removeFirst() }
            first.answer(result)
        }
    }

    private final class Outcomes: Sendable {
        let texts = Mutex<[String]>([])

        func note(_ failure: WebhookFetcher.Failure?) {
            texts.withLock { $0.append(failure?.problem ?? "there") }
        }

        var all: [String] { texts.withLock { $0 } }
    }

    @Test func `a certificate is fetched once for all that wait for it, and kept`() {
        let web = Web()
        let fetcher = web.fetcher
        let outcomes = Outcomes()
        for _ in 0..<3 { fetcher.fetchCertificate("https://a/x.pem") { outcomes.note($0) } }
        #expect(web.asked.withLock { $0.count } == 1)
        #expect(fetcher.certificate(at: "https://a/x.pem") == nil)
        web.answer(.success([1, 2]))
        #expect(outcomes.all == ["there", "there", "there"])
        #expect(fetcher.certificate(at: "https://a/x.pem") == [1, 2])
    }

    @Test func `a failure is told to all and fetched anew next time`() {
        let web = Web()
        let fetcher = web.fetcher
        let outcomes = Outcomes()
        fetcher.fetchCertificate("https://a/x.pem") { outcomes.note($0) }
        fetcher.fetchCertificate("https://a/x.pem") { outcomes.note($0) }
        web.answer(.failure(.init(problem: "it answered 404")))
        #expect(outcomes.all == ["it answered 404", "it answered 404"])
        fetcher.fetchCertificate("https://a/x.pem") { outcomes.note($0) }
        #expect(web.asked.withLock { $0.count } == 1)
    }

    @Test func `what a confirmation answers is not kept as a certificate`() {
        let web = Web()
        let fetcher = web.fetcher
        let outcomes = Outcomes()
        fetcher.confirm("https://a/confirm") { outcomes.note($0) }
        web.answer(.success([1]))
        #expect(outcomes.all == ["there"])
        #expect(fetcher.certificate(at: "https://a/confirm") == nil)
    }

    @Test func `strangers cannot make it fetch without end`() {
        let web = Web()
        let fetcher = web.fetcher
        let outcomes = Outcomes()
        for number in 0..<20 { fetcher.fetchCertificate("https://a/\(number).pem") { outcomes.note($0) } }
        #expect(web.asked.withLock { $0.count } == WebhookFetcher.fetchLimit)
        #expect(outcomes.all == Array(repeating: "too much is being fetched", count: 12))
        let one = web.fetcher
        let waiting = Outcomes()
        for _ in 0..<300 { one.fetchCertificate("https://b/x.pem") { waiting.note($0) } }
        #expect(waiting.all.count == 300 - WebhookFetcher.waitingLimit)
    }

    @Test func `only so many certificates are kept`() {
        let web = Web()
        let fetcher = web.fetcher
        for number in 0..<40 {
            fetcher.fetchCertificate("https://a/\(number).pem") { _ in }
            web.answer(.success([UInt8(number)]))
        }
        let kept = (0..<40).filter { fetcher.certificate(at: "https://a/\($0).pem") != nil }
        #expect(kept.count == WebhookFetcher.certificateLimit && kept.contains(39))
    }
}

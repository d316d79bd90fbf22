import PostmeterExport
import PostmeterTransport
import Synchronization
import Testing

@Suite struct ConsoleTransportTests {
    private final class Lines: Sendable {
        let list = Mutex<[String]>([])
    }

    private func request(_ path: String, _ body: [UInt8] = []) -> HTTPClientRequest {
        HTTPClientRequest(url: "http://console" + path, body: body)
    }

    @Test func `each request is a line, whole, of its signal`() async {
        let lines = Lines()
        let console = ConsoleTransport(
            output: ConsoleOutput { line in
                lines.list.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
                return true
            })
        // A name that holds a line break.
        let body: [UInt8] = [0x0a, 7, 0x12, 5, 0x12, 3, 0x0a, 1, 0x0a]
        #expect(await console.send(request("/v1/metrics", body), retry: .none).response?.status == 200)
        #expect(await console.send(request("/v1/traces"), retry: .none).response?.status == 200)
        #expect(await console.send(request("/v1/logs"), retry: .none).response?.status == 200)
        #expect(
            lines.list.withLock { $0 } == [
                #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"\n"}]}]}]}"# + "\n", "{}\n",
                "{}\n",
            ])
    }

    @Test func `lines of many writers do not mix, and each writer hears of its own`() async {
        let lines = Lines()
        let output = ConsoleOutput { line in
            let text = String(decoding: line, as: UTF8.self)
            lines.list.withLock { $0.append(text) }
            return text != "{}\n"
        }
        let console = ConsoleTransport(output: output)
        let body: [UInt8] = [0x0a, 0]
        let results = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<50 {
                group.addTask {
                    let result = await console.send(
                        request("/v1/logs", index.isMultiple(of: 2) ? body : []), retry: .none)
                    return (result.response?.status == 200) == index.isMultiple(of: 2)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results == Array(repeating: true, count: 50))
        let written = lines.list.withLock { $0 }
        #expect(written.filter { $0 == "{\"resourceLogs\":[{}]}\n" }.count == 25)
        #expect(written.filter { $0 == "{}\n" }.count == 25)
    }

    @Test func `what is no request of OTLP is not written`() async {
        let console = ConsoleTransport(
            output: ConsoleOutput { _ in
                Issue.record("written")
                return true
            })
        #expect(
            await console.send(request("/v1/metrics", [0xff]), retry: .none).error?.kind == .invalidRequest)
        #expect(await console.send(request("/v1/other"), retry: .none).error?.kind == .invalidRequest)
    }
}

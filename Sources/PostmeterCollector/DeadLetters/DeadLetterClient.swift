internal import FoundationEssentials
internal import PostmeterTransport

/// Orders dead letters about through the admin API of a collector that runs.
///
/// Safe on any thread; ``close()`` ends it.
package struct DeadLetterClient: Sendable {
    /// How a collector is reached.
    package struct Access: Sendable {
        /// The root of its admin listener, such as `http://127.0.0.1:4381`.
        package var url: String
        /// What a guarded listener asks for; nil for nothing.
        package var credentials: (user: String, password: String)?
        /// A file of PEM: whom to trust over HTTPS in place of the system's.
        package var authorityFile: String?

        package init(url: String, credentials: (user: String, password: String)?, authorityFile: String?) {
            self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
            self.credentials = credentials
            self.authorityFile = authorityFile
        }
    }

    /// What is wanted.
    package enum Action: Sendable {
        /// Decode them again.
        case replay
        /// Keep them no longer.
        case remove
    }

    /// Which letters are meant.
    package enum Target: Sendable {
        case numbers([UInt64])
        case matching(DeadLetterCriteria)
    }

    /// What became of an order.
    package struct Outcome: Sendable, Equatable {
        /// Letters that the order was for.
        package var ordered = 0
        /// Letters of these that are there still, as lines.
        package var left: [String] = []
        /// Whether the collector came to the order in time; else `left` says nothing.
        package var isDone = true
    }

    private let access: Access
    private let http: HTTPClient
    private static let path = "/api/v1/deadletters"
    private static let pause = Duration.milliseconds(100)

    package init(_ access: Access) {
        self.access = access
        var settings = HTTPClient.Configuration()
        settings.responseBytesLimit = 16 << 20
        // What carries a password goes to the collector and nowhere else.
        settings.proxy = ""
        http = HTTPClient(settings)
    }

    /// Lets go of its connections.
    package func close() {
        http.shutdown()
    }

    /// Orders letters about, part by part, and waits until the collector has done it.
    ///
    /// - Parameter patience: How often, a tenth of a second each, it is asked whether it has.
    package func order(
        _ action: Action, _ target: Target, patience: Int
    ) async throws(ConfigurationError) -> Outcome {
        var outcome = Outcome()
        for receipt in try await receipts(action, target) where !receipt.sequences.isEmpty {
            outcome.ordered += receipt.sequences.count
            guard outcome.isDone, try await isFolded(to: receipt.position, patience: patience) else {
                outcome.isDone = false
                continue
            }
            outcome.left += try await left(of: receipt.sequences)
        }
        return outcome
    }

    private func receipts(
        _ action: Action, _ target: Target
    ) async throws(ConfigurationError) -> [DeadLetterReceipt] {
        switch target {
        case .numbers(let numbers):
            var receipts: [DeadLetterReceipt] = []
            for start in stride(from: 0, to: numbers.count, by: DeadLetterSelection.most) {
                let part = numbers[start..<min(start + DeadLetterSelection.most, numbers.count)]
                receipts.append(try await send(action, [("sequences", .numbers(Array(part)))]))
            }
            return receipts
        case .matching(var criteria):
            var receipts: [DeadLetterReceipt] = []
            while true {
                let fields = Self.fields(of: criteria)
                let receipt = try await send(action, fields.isEmpty ? [("all", .yes)] : fields)
                receipts.append(receipt)
                guard let next = receipt.nextFrom else { return receipts }
                criteria.from = next
            }
        }
    }

    private enum Value {
        case numbers([UInt64])
        case number(UInt64)
        case text(String)
        case yes
    }

    private static func fields(of criteria: DeadLetterCriteria) -> [(name: String, value: Value)] {
        let fields: [(String, Value?)] = [
            ("from", criteria.from.map { Value.number($0) }), ("to", criteria.to.map { Value.number($0) }),
            ("since", criteria.since.map { Value.text(JournalText.time($0)) }),
            ("until", criteria.until.map { Value.text(JournalText.time($0)) }),
            ("endpoint", criteria.endpoint.map { Value.text($0) }),
            ("provider", criteria.provider.map { Value.text($0) }),
            ("reason", criteria.reason.map { Value.text($0) }),
        ]
        return fields.compactMap { name, value in value.map { (name, $0) } }
    }

    private func send(
        _ action: Action, _ fields: [(name: String, value: Value)]
    ) async throws(ConfigurationError) -> DeadLetterReceipt {
        switch action {
        case .replay:
            let members = fields.map { "\"\($0.name)\":\(Self.json($0.value))" }
            let body = "{\(members.joined(separator: ","))}"
            return try await ask(.post, Self.path + "/replay", body: body)
        case .remove:
            let pairs = fields.map { "\($0.name)=\(Self.query($0.value))" }
            return try await ask(.delete, Self.path + "?" + pairs.joined(separator: "&"))
        }
    }

    private static func json(_ value: Value) -> String {
        switch value {
        case .numbers(let numbers): "[\(numbers.map { String($0) }.joined(separator: ","))]"
        case .number(let number): "\(number)"
        case .text(let text): DeadLetterView.json(text)
        case .yes: "true"
        }
    }

    private static func query(_ value: Value) -> String {
        switch value {
        case .numbers(let numbers): return numbers.map { String($0) }.joined(separator: ",")
        case .number(let number): return "\(number)"
        case .yes: return "true"
        case .text(let text):
            return text.utf8.map { byte in
                let isPlain =
                    byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
                let digits = String(byte, radix: 16, uppercase: true)
                return isPlain
                    ? String(UnicodeScalar(byte)) : "%" + (digits.count < 2 ? "0" : "") + digits
            }.joined()
        }
    }

    /// A part of a list, as far as it is read.
    private struct Page: Decodable {
        struct Letter: Decodable {
            var sequence: UInt64
            var reason: String
            var detail: String
        }

        var letters: [Letter]
        var cursor: String?
        var folded: UInt64

        private enum CodingKeys: String, CodingKey {
            case folded
            case letters = "dead_letters"
            case cursor = "next_cursor"
        }
    }

    private func isFolded(to position: UInt64, patience: Int) async throws(ConfigurationError) -> Bool {
        for _ in 0..<max(1, patience) {
            let page: Page = try await ask(.get, Self.path + "?limit=1")
            if page.folded >= position { return true }
            try? await Task.sleep(for: Self.pause)
        }
        return false
    }

    private func left(of sequences: [UInt64]) async throws(ConfigurationError) -> [String] {
        guard let first = sequences.min(), let last = sequences.max() else { return [] }
        let wanted = Set(sequences)
        var lines: [String] = []
        var cursor = ""
        while true {
            let page: Page = try await ask(
                .get, Self.path + "?limit=1000&from=\(first)&to=\(last)\(cursor)")
            for letter in page.letters where wanted.contains(letter.sequence) {
                lines.append(JournalText.shown("\(letter.sequence)  \(letter.reason)  \(letter.detail)"))
            }
            guard let next = page.cursor else { return lines.reversed() }
            cursor = "&cursor=\(next)"
        }
    }

    private func ask<T: Decodable>(
        _ method: HTTPMethod, _ path: String, body: String = ""
    ) async throws(ConfigurationError) -> T {
        var request = HTTPClientRequest(
            method: method, url: access.url + path, body: Array(body.utf8), timeout: .seconds(60))
        if !body.isEmpty { request.headers.replace("Content-Type", with: "application/json") }
        if let (user, password) = access.credentials {
            let code = Data("\(user):\(password)".utf8).base64EncodedString()
            request.headers.replace("Authorization", with: "Basic \(code)")
        }
        request.tls.authorityFile = access.authorityFile
        switch await http.send(request).outcome {
        case .success(let response):
            if (200..<300).contains(response.status) {
                if let value = try? JSONDecoder().decode(T.self, from: Data(response.body)) { return value }
                throw ConfigurationError(
                    path: access.url, problem: "its answer is not that of a collector of this version")
            }
            throw ConfigurationError(path: access.url, problem: Self.problem(response))
        case .failure(let error) where error.kind == .connectionRefused:
            throw ConfigurationError(
                path: access.url,
                problem: "no collector runs there, and only one that runs can do this: start it with "
                    + "'postmeter serve', or name another with --admin URL")
        case .failure(let error):
            throw ConfigurationError(path: access.url, problem: "the collector cannot be asked: \(error)")
        }
    }

    /// What an answer says is wrong.
    private static func problem(_ response: HTTPClientResponse) -> String {
        struct Problem: Decodable { var detail: String }
        let problem = try? JSONDecoder().decode(Problem.self, from: Data(response.body))
        switch response.status {
        case 401: return "it asks for a password: give --user and --password-file"
        case 404 where problem?.detail.contains("no dead letter") != true:
            return "it has no dead letters to order about: is this the admin listener of this version?"
        default: return problem?.detail ?? "it answered \(response.status)"
        }
    }
}

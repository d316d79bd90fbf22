import Foundation
import PostmeterFleet
import PostmeterJournal
import PostmeterMail
import PostmeterMetrics
import PostmeterModel
import PostmeterTracing
import PostmeterWebhooks
import Synchronization

@testable import PostmeterCollector

/// A fold in a folder of its own, over a real journal and a real database, as one run of a process has it.
final class FoldFixture {
    static let account = AccountPath(organization: "acme", account: "support")
    static let key = [UInt8](1...32)

    let registry = MetricsRegistry(now: { UnixTime(seconds: 1_000) })
    let tracer = Tracer(scope: MailConventions.scope, now: { UnixTime(seconds: 1_000) })
    let logs = LogRecorder(capacity: 256, now: { UnixTime(seconds: 1_000) })
    let hooks: MailHooks
    let store: Store
    let journal: Journal
    var fold: Fold
    var figures: DurableFigures
    let warnings = Warnings()

    final class Warnings: Sendable {
        let texts = Mutex<[String]>([])
    }

    /// Starts where the last run in this folder ended.
    init(folder: String, accepted: @escaping @Sendable () -> UInt64 = { 2_000_000_000_000_000_000 }) throws {
        hooks = MailHooks(registry: registry, tracer: tracer, traceKey: Self.key, logs: logs, events: .all)
        store = try Store(path: folder + "/postmeter.db")
        let warnings = warnings
        fold = Fold(hooks: hooks, store: store, key: Array(Self.key.prefix(16))) { text in
            warnings.texts.withLock { $0.append(text) }
        }
        figures = DurableFigures(registry: registry)
        let fold = fold
        let checkpoint = try store.load { log, batch in
            switch log {
            case .seen: fold.seen.restore(batch)
            case .messages: fold.messages.restore(batch)
            }
        }
        try store.loadWaiting { name, batch in fold.restore(batch, of: name) }
        figures.restore(checkpoint.families) { text in warnings.texts.withLock { $0.append(text) } }
        fold.restore(checkpoint)
        var settings = Journal.Configuration(directory: folder + "/journal")
        settings.segmentBytes = 4 << 20
        settings.byteLimit = 32 << 20
        settings.sequenceFloor = checkpoint.sequence
        journal = try Journal.open(settings, now: accepted, observer: .silent, warn: { _ in })
    }

    deinit {
        journal.close()
        try? store.close()
    }

    /// Journals a record and waits until it is on disk.
    func journal(kind: JournalKind, _ bytes: [UInt8]) async throws {
        let result = await withCheckedContinuation { continuation in
            journal.append(kind: kind.rawValue, bytes) { continuation.resume(returning: $0) }
        }
        _ = try result.get()
    }

    /// Journals the fleet: an account that provisions its agents.
    func journalFleet() async throws {
        let tree = FleetTree(organizations: [
            .init(id: "acme", accounts: [.init(id: "support", autoprovision: true)])
        ])
        try await journal(kind: .fleet, tree.encoded())
    }

    /// Journals a webhook of Resend.
    func journal(id: String, _ body: String, endpoint: String = "acme-resend") async throws {
        let envelope = Envelope(
            route: Route(endpoint: endpoint, provider: "resend", account: Self.account).text,
            headers: [(name: "svix-id", value: id)], span: nil)
        try await journal(kind: .envelope, envelope.encodedHead() + Array(body.utf8))
    }

    /// The settings with one endpoint of a generic platform, `acme-other`, which is read by a mapping.
    static func settings(mapping: String, name: String) throws -> [UInt8] {
        var configuration = CollectorConfiguration()
        var endpoint = CollectorConfiguration.Endpoint(
            id: "acme-other", provider: "generic", account: account, secrets: ["a secret"])
        endpoint.options = try JSONDecoder().decode(
            WebhookOptions.self, from: Data(#"{"name":"\#(name)","mapping":\#(mapping)}"#.utf8))
        configuration.endpoints = [endpoint]
        return try FoldSettings(configuration).encoded()
    }

    /// Journals a webhook of that endpoint.
    func journal(mapped body: String) async throws {
        let envelope = Envelope(
            route: Route(endpoint: "acme-other", provider: "generic", account: Self.account).text,
            headers: [], span: nil)
        try await journal(kind: .envelope, envelope.encodedHead() + Array(body.utf8))
    }

    /// Journals the passing of time.
    func journalTick() async throws {
        try await journal(kind: .tick, [0])
    }

    /// Folds all that is journaled, or so many records.
    func foldAll(atMost limit: Int = .max) throws {
        let reader = journal.makeReader(from: fold.position)
        var count = 0
        while count < limit, let record = try reader.next() {
            fold.apply(record)
            count += 1
        }
    }

    func checkpoint() throws {
        try fold.checkpoint(into: store, figures: &figures)
    }

    /// Every durable value that is not 0, as ``lines(of:)`` has them.
    var durable: [String] { lines { $0.isDurable } }

    /// The values of some families: `name{values} number`, histograms as `name{values} count sum`.
    func lines(of isMeant: (InstrumentDescriptor) -> Bool) -> [String] {
        var lines: [String] = []
        for family in registry.snapshot().families where isMeant(family.descriptor) {
            let name = family.descriptor.name
            let labels = family.identities.map { identity in
                AttributeReader.attributes(in: identity.bytes)
                    .map { if case .string(let text) = $0.value { text } else { "true" } }
                    .joined(separator: " ")
            }
            switch family.values {
            case .integers(let values):
                lines += zip(labels, values).filter { $1 != 0 }.map { "\(name){\($0)} \($1)" }
            case .doubles(let values):
                lines += zip(labels, values).map { "\(name){\($0)} \($1)" }
            case .histograms(let counts, let sums):
                let width = family.descriptor.bounds.count + 1
                for (index, label) in labels.enumerated() {
                    let count = counts[(index * width)..<((index + 1) * width)].reduce(0, +)
                    if count > 0 { lines.append("\(name){\(label)} \(count) \(sums[index])") }
                }
            case .exponentials(let points):
                for (label, point) in zip(labels, points) where point.count > 0 {
                    lines.append("\(name){\(label)} \(point.count) \(point.sum)")
                }
            }
        }
        return lines.sorted()
    }

    /// The counts of `email.events` that are not 0: `agent event number`.
    var events: [String] {
        durable.filter { $0.hasPrefix("email.events{") }
            .map { line in
                let parts = line.dropFirst("email.events{".count).split(separator: " ")
                return "\(parts[3]) \(parts[5].dropLast()) \(parts[6])"
            }
    }

    /// The log records that waited, each as its event and its uid; takes them.
    func loggedEvents() -> [String] {
        LoggedRecord.drain(logs).map { record in
            ["email.event", "log.record.uid"].map { record.attributes[$0] ?? "-" }.joined(separator: " ")
        }
    }

    /// How many spans waited, by name; takes them.
    func spanNames() -> [String: Int] {
        var records = EncodedRecords()
        _ = tracer.drain(into: &records)
        var names: [String: Int] = [:]
        for index in 0..<records.count {
            names[Self.name(ofSpan: Array(records.bytes[records.range(of: index)])), default: 0] += 1
        }
        return names
    }

    /// Field 5 of an OTLP span.
    private static func name(ofSpan body: [UInt8]) -> String {
        var position = 0
        func varint() -> Int {
            var value = 0
            var shift = 0
            while position < body.count {
                let byte = Int(body[position])
                position += 1
                value |= (byte & 0x7f) << shift
                if byte < 0x80 { break }
                shift += 7
            }
            return value
        }
        while position < body.count {
            let tag = varint()
            switch tag & 7 {
            case 0: _ = varint()
            case 1: position += 8
            case 5: position += 4
            default:
                let length = varint()
                if tag >> 3 == 5 {
                    return String(decoding: body[position..<(position + length)], as: UTF8.self)
                }
                position += length
            }
        }
        return ""
    }
}

/// Bodies in the shape that Resend posts.
enum ResendBody {
    static func outbound(
        _ type: String, message: String, from: String = "Triage <triage@acme.example>", second: Int = 0,
        extra: String = ""
    ) -> String {
        """
        {"type":"email.\(type)","created_at":"2026-11-24T10:00:0\(second).000Z","data":{\
        "created_at":"2026-11-24T10:00:00.000Z","email_id":"\(message)","from":"\(from)",\
        "to":["a@gmail.com"],"subject":"s"\(extra)}}
        """
    }

    /// A mail that came in: `extra` goes into `data`, `headers` are name and value.
    static func inbound(
        message: String, id: String, from: String = "a@gmail.com", to: String = "triage@acme.example",
        headers: [(String, String)] = [], second: Int = 0
    ) -> String {
        let list = headers.map { #"{"name":"\#($0.0)","value":"\#($0.1)"}"# }.joined(separator: ",")
        return """
            {"type":"email.received","created_at":"2026-11-24T10:00:0\(second).000Z","data":{\
            "created_at":"2026-11-24T10:00:00.000Z","email_id":"\(message)","message_id":"<\(id)>",\
            "from":"\(from)","to":["\(to)"],"subject":"s","headers":[\(list)]}}
            """
    }

    static let bounce = #","bounce":{"type":"Permanent","subType":"NoEmail","message":"no such user"}"#
}

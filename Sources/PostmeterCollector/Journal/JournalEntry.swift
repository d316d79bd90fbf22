internal import PostmeterJournal
internal import PostmeterWebhooks

/// One record of a collector's journal, as a person looks at it.
package struct JournalEntry: Sendable {
    /// What a record holds.
    package enum Content: Sendable {
        /// A webhook: where it came in, the headers that were kept and its body.
        case webhook(route: String, headers: [(name: String, value: String)], body: [UInt8])
        /// The fleet that holds from there on, as JSON.
        case fleet([UInt8])
        /// What else of the configuration the fold depends on from there on, as JSON.
        case settings([UInt8])
        /// The passing of time alone.
        case tick
        /// What a person wanted done with a dead letter, in a few words, and the bytes of the record.
        case order(String, count: Int)
        /// What cannot be read, or is of a kind that this version does not know.
        case unknown(kind: UInt8, count: Int)
    }

    /// The record's number.
    package let sequence: UInt64
    /// When it was taken, in nanoseconds since the Unix epoch.
    package let time: UInt64
    package let content: Content

    init(_ record: JournalRecord) {
        sequence = record.sequence
        time = record.time
        switch JournalKind(rawValue: record.kind) {
        case .envelope:
            guard let (envelope, body) = Envelope.read(record.payload) else { fallthrough }
            content = .webhook(route: envelope.route, headers: envelope.headers, body: Array(body))
        case nil:
            content = .unknown(kind: record.kind, count: record.payload.count)
        case .fleet:
            content = .fleet(Array(record.payload))
        case .settings:
            content = .settings(Array(record.payload))
        case .deadLetter:
            guard let order = DeadLetterOrder.read(record.payload)?.order else {
                content = .unknown(kind: record.kind, count: record.payload.count)
                return
            }
            let action = order.action == .replay ? "replay" : "removal"
            content = .order("\(action) of dead letter \(order.sequence)", count: record.payload.count)
        case .tick:
            content = .tick
        }
    }

    /// The bytes that came in, or the JSON of the fleet or the settings; nil for what cannot be read.
    package var body: [UInt8]? {
        switch content {
        case .webhook(_, _, let body), .fleet(let body), .settings(let body): body
        case .order, .tick, .unknown: nil
        }
    }

    /// Number, time, what it is and its bytes, on one line.
    package var line: String {
        let what =
            switch content {
            case .webhook(let route, _, _): JournalText.shown(route)
            case .fleet: "fleet"
            case .settings: "settings"
            case .order(let words, _): words
            case .tick: "tick"
            case .unknown(let kind, _): "unknown kind \(kind)"
            }
        return "\(sequence)  \(JournalText.time(time))  \(what)  \(count) bytes"
    }

    private var count: Int {
        switch content {
        case .unknown(_, let count), .order(_, let count): count
        default: body?.count ?? 0
        }
    }

    /// The line, the headers and the body, with the local parts of addresses masked unless they are to be shown.
    package func text(showsAddresses: Bool) -> String {
        var lines = [line]
        if case .webhook(_, let headers, _) = content {
            lines += headers.map { "\(JournalText.shown($0.name)): \(JournalText.shown($0.value))" }
        }
        guard let body else { return lines[0] }
        lines.append("")
        if let text = String(validating: body, as: UTF8.self) {
            lines.append(JournalText.shown(showsAddresses ? text : MailAddress.masking(text)))
        } else {
            lines.append("\(body.count) bytes that are no UTF-8; --body writes them as they are")
        }
        return lines.joined(separator: "\n")
    }
}

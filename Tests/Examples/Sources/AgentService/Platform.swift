import Foundation
import Postmeter

/// A mail as the platform hands it over.
struct Message: Sendable {
    let id: String
    let sender: String
    let thread: String
    var inReplyTo = ""
    /// The order that the mail is about.
    var order: String?
    /// An out-of-office note and the like.
    var isAutomatic = false
    let time = UnixTime(nanoseconds: UInt64(Date().timeIntervalSince1970 * 1e9))
}

/// What stands for the mail platform's client in this example: a mailbox with a few mails.
struct Platform: Sendable {
    struct OrderNotFound: Error {}

    enum Receipt {
        case taken(id: String)
        case refused(words: String)
    }

    /// The mails that wait, and then those to come, of which there are none.
    let inbox: AsyncStream<Message>

    init() {
        let (inbox, mails) = AsyncStream.makeStream(of: Message.self)
        mails.yield(Message(id: "m-1", sender: "ada@example.com", thread: "t-1", order: "1001"))
        mails.yield(Message(id: "m-2", sender: "grace@example.com", thread: "t-2"))
        mails.yield(Message(id: "m-3", sender: "alan@example.com", thread: "t-3", isAutomatic: true))
        mails.yield(Message(id: "m-4", sender: "blocked@example.com", thread: "t-4", order: "1002"))
        mails.yield(Message(id: "m-5", sender: "joan@example.com", thread: "t-5", order: "lost"))
        mails.yield(Message(id: "m-6", sender: "ada@example.com", thread: "t-1", inReplyTo: "out-m-1"))
        self.inbox = inbox
    }

    func store(_ message: Message) async throws {
        try await Task.sleep(for: .milliseconds(2))
    }

    func order(_ number: String) async throws -> String {
        guard number != "lost" else { throw OrderNotFound() }
        return "order \(number) was shipped yesterday"
    }

    func send(_ text: String, to recipient: String) async throws -> Receipt {
        try await Task.sleep(for: .milliseconds(5))
        guard !recipient.hasPrefix("blocked@") else {
            return .refused(words: "550 \(recipient) is on the suppression list")
        }
        return .taken(id: "out-\(UUID().uuidString)")
    }
}

import PostmeterMetrics

/// What a hook counts in OpenTelemetry's `messaging.*` instruments.
struct MessagingFigures {
    /// The operations that hooks make, as `messaging.operation.name`.
    enum Operation: String {
        case receive, process, send
    }

    /// The value of `error.type` when nothing failed, which is that of an absent attribute.
    static let noError = ""

    let instruments: MailInstruments
    let system: String

    /// Records an operation that is over; nothing when it was cancelled.
    func record(_ operation: Operation, _ ending: HookEnding, seconds: Double) {
        guard let errorType = Self.errorType(of: ending) else { return }
        let name = operation.rawValue
        switch operation {
        case .receive:
            instruments.consumedMessages(name, system, errorType).add(1)
            instruments.operationDuration(name, system, errorType).record(seconds)
        case .send:
            instruments.sentMessages(name, system, errorType).add(1)
            instruments.operationDuration(name, system, errorType).record(seconds)
        case .process:
            instruments.messageProcessDuration(name, system, errorType).record(seconds)
        }
    }

    /// The value of `error.type`; nil when nothing is to be recorded.
    static func errorType(of ending: HookEnding) -> String? {
        switch ending {
        case .returned: noError
        case .cancelled: nil
        case .threw(let errorType): errorType
        }
    }
}

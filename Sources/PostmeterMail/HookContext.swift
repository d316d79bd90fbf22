import PostmeterModel
import PostmeterTracing

/// What all hooks of one ``MailHooks`` share.
final class HookContext: Sendable {
    /// The word that stands for everything past the limit of a set.
    static let other = "_OTHER"

    let instruments: MailInstruments
    let tracer: Tracer
    let trace: MessageTrace
    let mask: RecipientMask
    /// What becomes log records; nil for nothing.
    let eventLog: EventLog?
    /// That of the tracer: one reading serves a span and the histogram beside it.
    let clock: TickClock
    private let messages = RecentValues<MessageContext>(count: 4_096)
    /// Values of `error.type`.
    let errorTypes = BoundedWords(limit: 64, other: HookContext.other)
    /// Values of `gen_ai.request.model`.
    let models = BoundedWords(limit: 64, other: HookContext.other)
    /// Values of `gen_ai.provider.name`.
    let modelProviders = BoundedWords(limit: 32, other: HookContext.other)
    /// Values of `gen_ai.operation.name` for calls of models.
    let modelOperations = BoundedWords(limit: 16, other: HookContext.other)
    /// Values of `gen_ai.tool.name`.
    let tools = BoundedWords(limit: 64, other: HookContext.other)
    /// Roots that `record(_:)` has told of.
    let roots = RecentRoots()

    init(
        instruments: MailInstruments, tracer: Tracer, trace: MessageTrace, mask: RecipientMask,
        eventLog: EventLog? = nil
    ) {
        self.instruments = instruments
        self.tracer = tracer
        self.trace = trace
        self.mask = mask
        self.eventLog = eventLog
        clock = tracer.clock
    }

    /// The ids of a message of an agent.
    func message(_ messageID: String, of agent: AgentHooks) -> MessageContext {
        messages.value(of: messageID, for: agent) {
            trace.context(
                provider: agent.provider.rawValue, account: agent.identity.account, messageID: messageID
            ) { tracer.samples($0) }
        }
    }

    /// The name of an error's type as a label value.
    func name(of error: any Error) -> String {
        errorTypes.admit(String(describing: type(of: error)))
    }
}

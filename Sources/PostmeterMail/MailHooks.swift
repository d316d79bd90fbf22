public import PostmeterMetrics
public import PostmeterModel
public import PostmeterTracing
import Synchronization

/// The mail instruments of a registry, the spans of a tracer and a log of events, through which everything about mail is recorded.
///
/// One instance serves a process. What is recorded, under which names and with which attributes, is in
/// ``MailConventions``. Every method may be called on any thread.
public final class MailHooks: Sendable {
    /// The default of the number of agents that have figures of their own.
    public static let defaultAgentLimit = 5_000

    let shared: HookContext
    private let agents: Mutex<AgentTable>

    /// Creates hooks.
    ///
    /// - Parameters:
    ///   - registry: Where figures go.
    ///   - tracer: Where spans go; its clock is that of the hooks.
    ///   - traceKey: The secret that trace ids are derived with, the same in all processes of a fleet: 32
    ///     bytes from a good source of randomness. A shorter one than 16 works, and is warned of.
    ///   - privacy: What spans and log records say of recipients, for accounts that have no setting of their own.
    ///   - agentLimit: How many agents, counted at each of their providers, have figures of their own; later
    ///     ones are `_other` of their domain.
    ///   - logs: Where mail events go as log records; nil for nowhere.
    ///   - events: Which of them.
    ///   - diagnostics: Who is told when a limit is reached.
    public init(
        registry: MetricsRegistry, tracer: Tracer, traceKey: [UInt8], privacy: AddressPrivacy = .hmac,
        agentLimit: Int = MailHooks.defaultAgentLimit, logs: LogRecorder? = nil,
        events: EventLogging = .failures, diagnostics: Diagnostics = .silent
    ) {
        if traceKey.count < 16 {
            diagnostics.warn(
                "the trace key has \(traceKey.count) bytes: trace ids can be guessed; use 32 random bytes")
        }
        shared = HookContext(
            instruments: MailInstruments(registry, MailConventions(agentLimit: agentLimit)), tracer: tracer,
            trace: MessageTrace(key: traceKey), mask: RecipientMask(traceKey: traceKey),
            eventLog: EventLog(logs, events))
        agents = Mutex(AgentTable(limit: agentLimit, privacy: privacy, diagnostics: diagnostics))
    }

    /// The hooks of an agent at a provider, the same object for the same question.
    ///
    /// Its series of `email.events` are bound here, so all of them start at 0. Keep the result: asking takes
    /// a lock and hashes the identity. Past the limit of agents the result is that of `_other` in the same
    /// account and domain; past as many of those, in the domain `_other`; past as many again, in the account
    /// `_other` too.
    public func agent(_ identity: MailIdentity, provider: MailProvider) -> AgentHooks {
        agents.withLock { $0.hooks(of: identity, at: provider, shared) }
    }

    /// Sets what spans and log records say of recipients of an account's mail, from now on.
    public func setPrivacy(_ privacy: AddressPrivacy, account: String) {
        agents.withLock { $0.account(account).privacy = privacy }
    }

    /// Event time to accepted-at at a provider.
    func lag(of provider: MailProvider) -> Histogram {
        agents.withLock { $0.carrier(provider).lag(shared.instruments) }
    }

    /// How many agents are recorded as `_other`, counted at each of their providers at every question.
    package var agentsRefused: UInt64 {
        agents.withLock { $0.refused }
    }
}

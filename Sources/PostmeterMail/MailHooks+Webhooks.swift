package import PostmeterMetrics
package import PostmeterModel
import PostmeterTracing

extension MailHooks {
    /// The instruments of an endpoint; make them once and keep them.
    package func webhook(endpoint: String, account: String, provider: MailProvider) -> WebhookInstruments {
        WebhookInstruments(
            endpoint: endpoint, account: account, provider: provider, lag: lag(of: provider),
            shared.instruments)
    }

    /// Counts a request for an endpoint that does not exist.
    package func countUnknownEndpoint() {
        let unknown = MailIdentity.unknown
        let outcome = WebhookOutcome.unknownEndpoint.rawValue
        shared.instruments.webhookRequests(unknown, unknown, outcome).add(1)
        shared.instruments.webhookRejections(unknown, unknown, outcome).add(1)
    }

    /// How many dead letters are kept and were given up; a process that keeps none does not ask for them.
    package var deadLetters: DeadLetterInstruments {
        DeadLetterInstruments(shared.instruments)
    }

    /// How many mails of an account at a platform were sent and have had no outcome for too long.
    package func outcomesMissing(account: String, provider: MailProvider) -> Gauge {
        shared.instruments.outcomesMissing.bind(account, provider.rawValue)
    }

    /// The ids of a message that are known from another name of it.
    package func message(traceID: TraceID, rootID: SpanID, deliverID: SpanID) -> MessageContext {
        MessageContext(
            traceID: traceID, rootID: rootID, deliverID: deliverID,
            flags: shared.tracer.samples(traceID) ? 3 : 2)
    }

    /// The durations of served requests.
    package var httpServer: HTTPServerInstruments {
        HTTPServerInstruments(shared.instruments.httpServerDuration)
    }
}

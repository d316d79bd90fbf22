import PostmeterMetrics
import PostmeterModel

/// The families of all mail instruments in one registry.
///
/// An object, since a struct of this many references costs a count of each whenever it is handed on.
final class MailInstruments: Sendable {
    let events: Family<Counter>
    let bounces: Family<Counter>
    let deliveryDuration: Family<Histogram>
    let responseDuration: Family<Histogram>
    let processingDuration: Family<Histogram>
    let conversations: Family<Counter>
    let loopDetected: Family<Counter>
    let outcomesMissing: Family<Gauge>
    let llmCost: Family<DoubleCounter>
    let webhookRequests: Family<Counter>
    let webhookRejections: Family<Counter>
    let webhookEvents: Family<Counter>
    let webhookLastEvent: Family<Gauge>
    let webhookSequenceMissing: Family<Gauge>
    let webhookLag: Family<Histogram>
    let deadLetters: Family<Counter>
    let deadLettersReplayed: Family<Counter>
    let deadLettersDropped: Family<Counter>
    let deadLettersKept: Family<Gauge>
    let deadLettersSize: Family<Gauge>
    let sentMessages: Family<Counter>
    let consumedMessages: Family<Counter>
    let operationDuration: Family<Histogram>
    let messageProcessDuration: Family<Histogram>
    let tokenUsage: Family<Histogram>
    let modelDuration: Family<Histogram>
    let invocationDuration: Family<Histogram>
    let toolDuration: Family<Histogram>
    let httpServerDuration: Family<Histogram>

    init(_ registry: MetricsRegistry, _ conventions: MailConventions) {
        events = registry.family(conventions.events)
        bounces = registry.family(conventions.bounces)
        deliveryDuration = registry.family(conventions.deliveryDuration)
        responseDuration = registry.family(conventions.responseDuration)
        processingDuration = registry.family(conventions.processingDuration)
        conversations = registry.family(conventions.conversations)
        loopDetected = registry.family(conventions.loopDetected)
        outcomesMissing = registry.family(conventions.outcomesMissing)
        llmCost = registry.family(conventions.llmCost)
        webhookRequests = registry.family(conventions.webhookRequests)
        webhookRejections = registry.family(conventions.webhookRejections)
        webhookEvents = registry.family(conventions.webhookEvents)
        webhookLastEvent = registry.family(conventions.webhookLastEvent)
        webhookSequenceMissing = registry.family(conventions.webhookSequenceMissing)
        webhookLag = registry.family(conventions.webhookLag)
        deadLetters = registry.family(conventions.deadLetters)
        deadLettersReplayed = registry.family(conventions.deadLettersReplayed)
        deadLettersDropped = registry.family(conventions.deadLettersDropped)
        deadLettersKept = registry.family(conventions.deadLettersKept)
        deadLettersSize = registry.family(conventions.deadLettersSize)
        sentMessages = registry.family(conventions.sentMessages)
        consumedMessages = registry.family(conventions.consumedMessages)
        operationDuration = registry.family(conventions.operationDuration)
        messageProcessDuration = registry.family(conventions.messageProcessDuration)
        tokenUsage = registry.family(conventions.tokenUsage)
        modelDuration = registry.family(conventions.modelDuration)
        invocationDuration = registry.family(conventions.invocationDuration)
        toolDuration = registry.family(conventions.toolDuration)
        httpServerDuration = registry.family(conventions.httpServerDuration)
    }
}

package import PostmeterModel

/// Every mail instrument that is recorded: its name, kind, unit, attributes and bounds.
///
/// Here is the one place that names them. OpenTelemetry has no conventions for email, so the names are shaped
/// like its `messaging.*`, with the words of the Elastic Common Schema's `email.*`.
package struct MailConventions: Sendable {
    /// The most series that a family of mail instruments takes.
    ///
    /// Mail series are bounded by the number of agents, so this limit is where nothing should ever get to.
    package let seriesLimit: Int

    /// The scope that mail figures and spans are recorded under.
    package static let scope = InstrumentationScope(name: "postmeter.mail")

    /// Conventions for at most this many agents at a provider.
    package init(agentLimit: Int) {
        // Past the limit agents are `_other` of their domains, and then of their accounts: as many again of each.
        let (series, isOver) = max(1, agentLimit).multipliedReportingOverflow(by: 3 * Self.widest)
        seriesLimit = isOver ? Int.max : max(2_000, series)
    }

    /// The most series that one agent or domain has in a family: bounces by class and reason.
    private static let widest = Bounce.Class.allCases.count * Bounce.Reason.allCases.count

    // Events.

    /// What happened to mail.
    package var events: InstrumentDescriptor {
        counter(
            "email.events", "{event}", "Events of mail, by recipient for what was sent.",
            [
                MailAttribute.organization, MailAttribute.account, MailAttribute.domain, MailAttribute.agent,
                MailAttribute.provider, MailAttribute.event,
            ], isDurable: true)
    }

    /// Refusals for good, by reason.
    package var bounces: InstrumentDescriptor {
        counter(
            "email.bounces", "{bounce}", "Recipients that bounced, by class and reason.",
            [
                MailAttribute.account, MailAttribute.domain, MailAttribute.provider,
                MailAttribute.bounceClass,
                MailAttribute.bounceReason,
            ], isDurable: true)
    }

    /// From accepted or sent to delivered.
    package var deliveryDuration: InstrumentDescriptor {
        histogram(
            "email.delivery.duration", "s", "Time from accepted or sent to delivered.",
            [
                MailAttribute.account, MailAttribute.domain, MailAttribute.provider,
                MailAttribute.recipientProvider,
            ], Self.mailBounds, isDurable: true)
    }

    /// From received to the reply accepted.
    package var responseDuration: InstrumentDescriptor {
        histogram(
            "email.response.duration", "s", "Time from a mail received to its reply accepted.",
            [MailAttribute.account, MailAttribute.domain], Self.mailBounds, isDurable: true)
    }

    // Hooks.

    /// A step of an agent's work on a mail.
    package var processingDuration: InstrumentDescriptor {
        histogram(
            "email.processing.duration", "s", "Time that a step of processing took.",
            [MailAttribute.account, MailAttribute.step, MailAttribute.errorType], Self.stepBounds)
    }

    /// What became of received mail.
    package var conversations: InstrumentDescriptor {
        counter(
            "email.conversations", "{conversation}", "Received mail that has met its fate, by outcome.",
            [MailAttribute.account, MailAttribute.domain, MailAttribute.agent, MailAttribute.outcome],
            isDurable: true)
    }

    /// Received mail that looks like part of a loop.
    package var loopDetected: InstrumentDescriptor {
        counter(
            "email.loop.detected", "{message}", "Received mail that looks like part of a loop, by sign.",
            [MailAttribute.account, MailAttribute.domain, MailAttribute.agent, MailAttribute.reason],
            isDurable: true)
    }

    /// Sent mail that nothing was heard of.
    package var outcomesMissing: InstrumentDescriptor {
        gauge(
            "email.outcomes.missing", "{message}",
            "Mail that was sent and has had no outcome for longer than expected.",
            [MailAttribute.account, MailAttribute.provider])
    }

    /// What the models cost.
    package var llmCost: InstrumentDescriptor {
        InstrumentDescriptor(
            name: "email.llm.cost", kind: .counter, number: .floating, unit: "{USD}",
            description: "Cost of language models in US dollars.",
            labels: [
                MailAttribute.account, MailAttribute.domain, MailAttribute.agent, MailAttribute.genAIModel,
            ],
            seriesLimit: seriesLimit, scope: Self.scope)
    }

    // Webhooks.

    /// What a listener answered.
    package var webhookRequests: InstrumentDescriptor {
        counter(
            "email.webhook.requests", "{request}", "Webhook requests, by what was answered.",
            [MailAttribute.account, MailAttribute.provider, MailAttribute.outcome])
    }

    /// Why a listener refused what it will never take: with 4xx, or with 503 where a platform sends nothing again
    /// after that.
    package var webhookRejections: InstrumentDescriptor {
        counter(
            "email.webhook.rejections", "{request}", "Webhook requests refused for what they are, by reason.",
            [MailAttribute.account, MailAttribute.provider, MailAttribute.reason])
    }

    /// What the fold made of envelopes.
    package var webhookEvents: InstrumentDescriptor {
        counter(
            "email.webhook.events", "{event}", "Events in accepted webhooks, by what was made of them.",
            [MailAttribute.account, MailAttribute.provider, MailAttribute.outcome], isDurable: true)
    }

    /// Time of the last event of an endpoint.
    package var webhookLastEvent: InstrumentDescriptor {
        gauge(
            "email.webhook.last.event", "s",
            "Time of the last event of an endpoint, in seconds since the Unix epoch.",
            [MailAttribute.endpoint, MailAttribute.provider], isDurable: true)
    }

    /// Events that a platform counted and that never came.
    package var webhookSequenceMissing: InstrumentDescriptor {
        gauge(
            "email.webhook.sequence.missing", "{event}",
            "Events whose numbers an endpoint's platform skipped and has not sent since.",
            [MailAttribute.endpoint, MailAttribute.provider])
    }

    /// Event time to accepted-at.
    package var webhookLag: InstrumentDescriptor {
        histogram(
            "email.webhook.lag", "s", "Time from an event to its webhook being accepted.",
            [MailAttribute.provider], Self.mailBounds, isDurable: true)
    }

    /// Envelopes that could not be read.
    package var deadLetters: InstrumentDescriptor {
        counter(
            "email.dead_letters", "{envelope}", "Envelopes that could not be decoded, by reason.",
            [MailAttribute.account, MailAttribute.provider, MailAttribute.reason], isDurable: true)
    }

    /// What became of dead letters that were decoded again.
    package var deadLettersReplayed: InstrumentDescriptor {
        counter(
            "email.dead_letters.replayed", "{envelope}",
            "Dead letters that were decoded again, by what was made of them.",
            [MailAttribute.account, MailAttribute.provider, MailAttribute.outcome], isDurable: true)
    }

    /// Dead letters that are no longer kept, though they were not understood.
    package var deadLettersDropped: InstrumentDescriptor {
        counter(
            "email.dead_letters.dropped", "{envelope}",
            "Dead letters that were given up without being understood, by reason.",
            [MailAttribute.reason], isDurable: true)
    }

    /// Dead letters on disk.
    package var deadLettersKept: InstrumentDescriptor {
        InstrumentDescriptor(
            name: "email.dead_letters.kept", kind: .gauge, number: .floating, unit: "{envelope}",
            description: "Dead letters that are kept for a replay.", scope: Self.scope)
    }

    /// Bytes of their envelopes.
    package var deadLettersSize: InstrumentDescriptor {
        InstrumentDescriptor(
            name: "email.dead_letters.size", kind: .gauge, number: .floating, unit: "By",
            description: "Bytes of the dead letters that are kept.", scope: Self.scope)
    }

    /// Envelopes that are on disk and not yet folded.
    package var journalDepth: InstrumentDescriptor {
        InstrumentDescriptor(
            name: "email.journal.depth", kind: .gauge, number: .floating, unit: "{envelope}",
            description: "Envelopes on disk that are not yet folded.", scope: Self.scope)
    }

    /// Age of the oldest of them.
    package var journalAge: InstrumentDescriptor {
        InstrumentDescriptor(
            name: "email.journal.age", kind: .gauge, number: .floating, unit: "s",
            description: "Age of the oldest envelope that is not yet folded; 0 when there is none.",
            scope: Self.scope)
    }

    func counter(
        _ name: String, _ unit: String, _ description: String, _ labels: [String], isDurable: Bool = false
    ) -> InstrumentDescriptor {
        InstrumentDescriptor(
            name: name, kind: .counter, unit: unit, description: description, labels: labels,
            isDurable: isDurable, seriesLimit: seriesLimit, scope: Self.scope)
    }

    func gauge(
        _ name: String, _ unit: String, _ description: String, _ labels: [String], isDurable: Bool = false
    ) -> InstrumentDescriptor {
        InstrumentDescriptor(
            name: name, kind: .gauge, number: .floating, unit: unit, description: description, labels: labels,
            isDurable: isDurable, seriesLimit: seriesLimit, scope: Self.scope)
    }

    func histogram(
        _ name: String, _ unit: String, _ description: String, _ labels: [String], _ bounds: [Double],
        isDurable: Bool = false
    ) -> InstrumentDescriptor {
        InstrumentDescriptor(
            name: name, kind: .histogram, unit: unit, description: description, labels: labels,
            bounds: bounds, isDurable: isDurable, seriesLimit: seriesLimit, scope: Self.scope)
    }
}

internal import PostmeterFleet
internal import PostmeterJournal
internal import PostmeterMail
internal import PostmeterModel
internal import PostmeterWebhooks

extension Fold {
    /// Does what a person wants done with a dead letter.
    func apply(order bytes: [UInt8], of record: DecodedRecord) {
        // Behind an envelope as in the journal: a parser may read past its end.
        let padded = bytes + [UInt8](repeating: 0, count: JSONParser.padding)
        padded.withUnsafeBytes { padded in
            guard
                let (order, envelope) = DeadLetterOrder.read(
                    UnsafeRawBufferPointer(rebasing: padded[..<bytes.count]))
            else {
                warn("record \(record.sequence) is no order that this version knows")
                return
            }
            switch order.action {
            case .replay: replay(order, envelope, at: record.time)
            case .remove:
                if letters.remove(order.sequence) { letterFigures?.count(dropped: .removed) }
            }
        }
        showLetters()
    }

    /// Decodes a dead letter again: its events count as those of a webhook that was accepted when the letter was.
    ///
    /// What was counted before is a duplicate, as always, so that replaying twice counts once. Ids are remembered
    /// from now on, not from when the letter came in.
    private func replay(_ order: DeadLetterOrder, _ bytes: UnsafeRawBufferPointer, at now: UInt64) {
        guard let (envelope, body) = Envelope.read(bytes) else {
            return stillDead(
                order, figures(of: nil), reason: "bad_envelope", detail: "the record is not an envelope", now)
        }
        let route = presentRoute(of: envelope.route)
        guard let decoding = decoder.source(of: route) else {
            return stillDead(
                order, figures(of: Route(route)), reason: "unknown_provider",
                detail: RecordDecoder.isUnknown(route), now)
        }
        let source = source(decoding)
        let events: [MailEvent]
        do throws(DecodeFailure) {
            events = try decoder.events(of: envelope, body, from: decoding, acceptedAt: order.acceptedAt)
        } catch {
            // Those beside the one that cannot be read; what was counted before is a duplicate.
            for event in error.events {
                apply(event, from: source, span: envelope.span, at: now, acceptedAt: order.acceptedAt)
            }
            return stillDead(
                order, source.figures, reason: error.reason.rawValue, detail: error.detail, now)
        }
        var outcome = events.isEmpty ? FoldOutcome.ignored : .duplicate
        for event in events
        where apply(event, from: source, span: envelope.span, at: now, acceptedAt: order.acceptedAt) {
            outcome = .counted
        }
        if events.isEmpty { source.figures.count(.ignored) }
        source.figures.countReplay(outcome)
        _ = letters.remove(order.sequence)
    }

    /// The route of an envelope as its endpoint is configured now: that may be what was fixed.
    private func presentRoute(of text: String) -> String {
        Route(text).flatMap { settings.route(of: $0.endpoint) }?.text ?? text
    }

    /// The letter stays as it is, with what was wrong this time.
    private func stillDead(
        _ order: DeadLetterOrder, _ figures: WebhookInstruments, reason: String, detail: String, _ now: UInt64
    ) {
        figures.countReplay(.dead)
        letters.retry(order.sequence, reason: reason, detail: detail, at: now)
    }

    /// The handles that what became of an envelope is counted with.
    func figures(of route: Route?, provider: MailProvider? = nil) -> WebhookInstruments {
        hooks.webhook(
            endpoint: route?.endpoint ?? MailIdentity.unknown,
            account: route?.account.account ?? MailIdentity.unknown,
            provider: provider ?? MailProvider(rawValue: route?.provider ?? MailIdentity.unknown))
    }

    /// Gives up the dead letters past the limits.
    ///
    /// - Parameter time: That of the record that is folded, in nanoseconds since the Unix epoch.
    func trimLetters(at time: UInt64) {
        let drops = letters.trim(at: time)
        guard drops.total > 0 else { return }
        letterFigures?.count(dropped: .age, drops.age)
        letterFigures?.count(dropped: .bytes, drops.bytes)
        letterFigures?.count(dropped: .count, drops.count)
        showLetters()
    }

    /// Says how many dead letters are kept.
    func showLetters() {
        letterFigures?.set(kept: letters.count, bytes: letters.bytes)
    }
}

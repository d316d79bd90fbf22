import PostmeterMetrics

/// What is kept of a step of an account.
final class StepHooks: Sendable {
    let account: String
    /// The value of `email.step`.
    let step: String
    /// `process {step}`.
    let spanName: String
    private let durationPlace = LazyHandles<1, Histogram>()

    init(account: String, step: String) {
        self.account = account
        self.step = step
        spanName = "process " + step
    }

    /// The time of the step when it ended so; an empty `errorType` when nothing failed.
    func duration(_ errorType: String, _ instruments: MailInstruments) -> Histogram {
        guard errorType.isEmpty else { return instruments.processingDuration(account, step, errorType) }
        return durationPlace.handle(at: 0) { instruments.processingDuration.bind(account, step, errorType) }
    }
}

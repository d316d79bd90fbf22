internal import PostmeterMail

/// An agent at a platform, as the fold records for it.
final class FoldAgent {
    let hooks: AgentHooks
    /// Its place in the fleet.
    let place: Int
    /// What stands for it in the words of the fold's tables; nil when there were no more numbers.
    let number: Int?

    init(hooks: AgentHooks, place: Int, number: Int?) {
        self.hooks = hooks
        self.place = place
        self.number = number
    }
}

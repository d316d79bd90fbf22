internal import PostmeterMail

/// Numbers that stand for an agent at a platform in the words of the fold's tables.
///
/// They are given in the order of the first use and never change, also not when the fleet does, so that a mail
/// which waits is put down to the agent that it came to.
struct AgentNumbers {
    /// An agent at a platform.
    struct Key: Hashable {
        let identity: MailIdentity
        let provider: String
    }

    /// The largest number; agents past it are not followed.
    static let last = 1 << 18 - 1

    private var numbers: [Key: Int] = [:]
    private(set) var keys: [Key] = []
    private var hooks: [AgentHooks?] = []
    /// How many of the keys a checkpoint holds.
    private var saved = 0

    /// The number of an agent, from 1; nil when there are no more.
    mutating func number(of agent: AgentHooks) -> Int? {
        let key = Key(identity: agent.identity, provider: agent.provider.rawValue)
        if let number = numbers[key] {
            if hooks[number - 1] == nil { hooks[number - 1] = agent }
            return number
        }
        guard keys.count < Self.last else { return nil }
        keys.append(key)
        hooks.append(agent)
        numbers[key] = keys.count
        return keys.count
    }

    /// The agent of a number; nil for a number that was not given.
    mutating func agent(_ number: Int, orMake make: (Key) -> AgentHooks) -> AgentHooks? {
        guard number > 0, number <= keys.count else { return nil }
        if let agent = hooks[number - 1] { return agent }
        let agent = make(keys[number - 1])
        hooks[number - 1] = agent
        return agent
    }

    /// The keys that no checkpoint holds yet.
    var unsaved: ArraySlice<Key> { keys[saved...] }

    /// Says that a checkpoint holds all keys.
    mutating func didSave() {
        saved = keys.count
    }

    /// Takes back a key, in the order of the numbers.
    mutating func restore(_ key: Key) {
        keys.append(key)
        hooks.append(nil)
        numbers[key] = keys.count
        saved = keys.count
    }
}

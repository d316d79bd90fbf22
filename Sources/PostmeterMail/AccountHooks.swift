import Synchronization

/// What is bound once for an account.
final class AccountHooks: Sendable {
    /// The most steps that an account names; the rest are `_OTHER`.
    static let stepLimit = 32

    let account: String
    /// By the values of `email.step`.
    let steps: BoundedWords<StepHooks>
    private let privacyIndex: Atomic<Int>

    init(_ account: String, privacy: AddressPrivacy) {
        self.account = account
        steps = BoundedWords(limit: Self.stepLimit, other: HookContext.other) { step in
            StepHooks(account: account, step: step)
        }
        privacyIndex = Atomic(Self.index(of: privacy))
    }

    /// What spans and log records say of recipients; it may be set at any time.
    var privacy: AddressPrivacy {
        get { AddressPrivacy.allCases[privacyIndex.load(ordering: .relaxed)] }
        set { privacyIndex.store(Self.index(of: newValue), ordering: .relaxed) }
    }

    private static func index(of privacy: AddressPrivacy) -> Int {
        AddressPrivacy.allCases.firstIndex(of: privacy) ?? 0
    }
}

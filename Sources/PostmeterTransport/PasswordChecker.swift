internal import Crypto
internal import NIOPosix
internal import Synchronization

/// Checks passwords on a thread of their own, one at a time, and remembers what came out.
///
/// A right password is found out once, and costs a digest from then on; so does a wrong one that is tried
/// again. What is remembered is a digest under a key of this process, over user, hash and password, so that a
/// changed hash is a new question. Whoever guesses takes few of the places, so that a password which is not known
/// yet finds one. Safe on any thread.
final class PasswordChecker: Sendable {
    /// Takes whether the password was right; nil when there were too many to check.
    typealias Answer = @Sendable (Bool?) -> Void

    private struct Job {
        let digest: [UInt8]
        let origin: [UInt8]
        let hash: PasswordHash
        let password: [UInt8]
        let isUser: Bool
        var answers: [Answer]
    }

    private struct State {
        var right: Set<[UInt8]> = []
        var wrong: Set<[UInt8]> = []
        var jobs: [Job] = []
        var waiting = 0
        var isRunning = false
    }

    /// Digests that are remembered of each kind; wrong ones never take the place of right ones.
    private static let memory = 128

    /// Passwords that wait to be checked, and requests that wait for them.
    private let jobLimit: Int
    private let waiterLimit: Int

    /// Passwords from one address: one that is being checked, and one that waits.
    private static let jobsOfOrigin = 2

    private let key = SymmetricKey(size: .bits256)
    private let state = Mutex(State())

    init(jobLimit: Int = 16, waiterLimit: Int = 256) {
        self.jobLimit = jobLimit
        self.waiterLimit = waiterLimit
    }

    /// Says at once what is known of these credentials; nil, and `answer` is called later, when they must be
    /// checked.
    ///
    /// - Parameter address: The address of the peer that shows them.
    func check(
        _ credentials: BasicCredentials,
        from address: String,
        users: [String: PasswordHash],
        answer: @escaping Answer
    ) -> Bool? {
        let user = String(validating: credentials.user, as: UTF8.self)
        let known = user.flatMap { users[$0] }
        let hash = known ?? Self.unmatchable(beside: users)
        let digest = digest(of: credentials, hash)
        enum Step {
            case known(Bool)
            case wait
            case start
            case refuse
        }
        let step: Step = state.withLock { state in
            if state.right.contains(digest) { return .known(true) }
            if state.wrong.contains(digest) { return .known(false) }
            guard state.waiting < waiterLimit else { return .refuse }
            if let index = state.jobs.firstIndex(where: { $0.digest == digest }) {
                state.jobs[index].answers.append(answer)
                state.waiting += 1
                return .wait
            }
            let origin = Self.origin(of: address)
            guard state.jobs.count < jobLimit,
                state.jobs.count(where: { $0.origin == origin }) < Self.jobsOfOrigin
            else {
                return .refuse
            }
            state.jobs.append(
                Job(
                    digest: digest,
                    origin: origin,
                    hash: hash,
                    password: credentials.password,
                    isUser: known != nil,
                    answers: [answer]
                )
            )
            state.waiting += 1
            defer { state.isRunning = true }
            return state.isRunning ? .wait : .start
        }
        switch step {
        case .known(let isRight): return isRight
        case .wait: break
        case .start: start()
        case .refuse: answer(nil)
        }
        return nil
    }

    private func start() {
        NIOThreadPool.singleton.submit { pool in
            // The pool is the process's and is never closed while there are listeners.
            if case .active = pool {
                self.run()
            }
        }
    }

    private func run() {
        var isLast = false
        while !isLast, let job = state.withLock({ $0.jobs.first }) {
            let isRight = job.hash.matches(job.password) && job.isUser
            let answers = state.withLock { state -> [Answer] in
                // The job has stayed first, and others may have joined it.
                let answers = state.jobs.removeFirst().answers
                state.waiting -= answers.count
                if isRight {
                    Self.remember(job.digest, in: &state.right)
                } else {
                    Self.remember(job.digest, in: &state.wrong)
                }
                // Decided here, since the next job may start another run as soon as the lock is open.
                isLast = state.jobs.isEmpty
                state.isRunning = !isLast
                return answers
            }
            for answer in answers {
                answer(isRight)
            }
        }
    }

    private static func remember(_ digest: [UInt8], in digests: inout Set<[UInt8]>) {
        if digests.count >= memory, let any = digests.first {
            digests.remove(any)
        }
        digests.insert(digest)
    }

    /// What an address counts as: itself, and one of IPv6 as its network of 64 bits, of which a peer has all.
    private static func origin(of address: String) -> [UInt8] {
        guard let bytes = AllowedNames.address(address) else {
            return Array(address.utf8)
        }
        return bytes.count == 16 ? Array(bytes[..<8]) : bytes
    }

    /// What the password of an unknown user is checked against, so that it takes as long as a known one's.
    private static func unmatchable(beside users: [String: PasswordHash]) -> PasswordHash {
        PasswordHash(unmatchableOfCost: users.values.map(\.cost).max() ?? 10)
    }

    private func digest(of credentials: BasicCredentials, _ hash: PasswordHash) -> [UInt8] {
        var code = HMAC<SHA256>(key: key)
        // The lengths keep user, hash and password apart.
        withUnsafeBytes(of: UInt64(credentials.user.count).littleEndian) { code.update(data: $0) }
        withUnsafeBytes(of: UInt64(hash.text.utf8.count).littleEndian) { code.update(data: $0) }
        code.update(data: credentials.user)
        code.update(data: Array(hash.text.utf8))
        code.update(data: credentials.password)
        return Array(code.finalize())
    }
}

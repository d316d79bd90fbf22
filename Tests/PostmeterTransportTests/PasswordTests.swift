import Synchronization
import Testing

@testable import PostmeterTransport

@Suite struct PasswordTests {
    @Test(arguments: [
        // From the test vectors of crypt_blowfish.
        ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"),
        ("$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW", "secret"),
        ("$2y$04$abcdefghijklmnopqrstuu5XQl64I3WPWSJw.ftK7xXCrRn1r6QJi", "changed"),
    ])
    func `a hash matches its password and no other`(text: String, password: String) throws {
        let hash = try #require(PasswordHash(text))
        #expect(hash.matches(Array(password.utf8)))
        for other in [
            "", "x", password + "x", password + "\0", password + "\0x", String(password.dropLast()),
        ] {
            #expect(!hash.matches(Array(other.utf8)))
        }
        #expect(!hash.matches([UInt8](repeating: UInt8(ascii: "a"), count: 2_000)))
    }

    @Test(arguments: [
        "", "secret", "$2b$04$short", "$1$abcdefgh$0123456789012345678901",
        "$2x$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
        "$2b$03$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
        "$2b$17$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
        "$2b$+4$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
        "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIr:",
        "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrWx",
    ])
    func `what is not a bcrypt hash of a bearable cost is refused`(text: String) {
        #expect(PasswordHash(text) == nil)
    }

    @Test func `neither a hash nor a key is described`() throws {
        let hash = try #require(PasswordHash("$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"))
        #expect("\(hash)" == "a bcrypt hash of cost 4")
        var security = ListenerSecurity.tls(.test())
        security.users = ["ann": hash]
        #expect("\(ServerTLS.test())" == "TLS12 to TLS13, NoClientCert")
        #expect(!"\(security)".contains("abcdefgh"))
    }

    @Test func `the hash for users that there are not matches nothing`() {
        let hash = PasswordHash(unmatchableOfCost: 4)
        #expect(hash.cost == 4)
        #expect(!hash.matches([]))
        #expect(!hash.matches(Array("secret".utf8)))
    }

    @Test(arguments: [
        // From RFC 7617, section 2.
        ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"),
        ("basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"),
        ("BASIC Og==", "", ""), ("Basic YTo=", "a", ""), ("Basic YTpiOmM=", "a", "b:c"),
    ])
    func `credentials are read`(field: String, user: String, password: String) throws {
        let credentials = try #require(BasicCredentials(field))
        #expect(credentials.user == Array(user.utf8))
        #expect(credentials.password == Array(password.utf8))
        #expect("\(credentials)" == "credentials")
    }

    @Test(arguments: [
        "", "Basic", "Basic ", "Bearer YTpi", "Basic YQ==", "Basic YTpi=", "Basic YTp", "Basic ====",
        "Basic Y!pi", "Basic YTo=YTo=", "Basicx YTpi", "Basic " + String(repeating: "YTpi", count: 1_000),
    ])
    func `what are no credentials is refused`(field: String) {
        #expect(BasicCredentials(field) == nil)
    }

    private static let users = [
        "ann": PasswordHash("$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW")
    ].compactMapValues(\.self)

    private func credentials(_ base64: String) throws -> BasicCredentials {
        try #require(BasicCredentials("Basic " + base64))
    }

    @Test(arguments: [("YW5uOnNlY3JldA==", true), ("YW5uOndyb25n", false), ("Ym9iOnNlY3JldA==", false)])
    func `a password is checked once and then known`(base64: String, isRight: Bool) async throws {
        let checker = PasswordChecker()
        let credentials = try credentials(base64)
        let answers = Collected<Bool?>()
        #expect(checker.check(credentials, from: "192.0.2.1", users: Self.users, answer: answers.add) == nil)
        #expect(await answers.next() == isRight)
        #expect(
            checker.check(credentials, from: "192.0.2.1", users: Self.users, answer: answers.add) == isRight)
        #expect(answers.all == [isRight])
    }

    @Test func `a right password is wrong under another hash`() async throws {
        let checker = PasswordChecker()
        let credentials = try credentials("YW5uOnNlY3JldA==")
        let answers = Collected<Bool?>()
        #expect(checker.check(credentials, from: "192.0.2.1", users: Self.users, answer: answers.add) == nil)
        #expect(await answers.next() == true)
        let others = ["ann": PasswordHash("$2y$04$abcdefghijklmnopqrstuu5XQl64I3WPWSJw.ftK7xXCrRn1r6QJi")]
            .compactMapValues(\.self)
        #expect(checker.check(credentials, from: "192.0.2.1", users: others, answer: answers.add) == nil)
        #expect(await answers.next() == false)
    }

    @Test func `wrong passwords never push out right ones`() async throws {
        let checker = PasswordChecker()
        let right = try credentials("YW5uOnNlY3JldA==")
        let answers = Collected<Bool?>()
        #expect(checker.check(right, from: "192.0.2.1", users: Self.users, answer: answers.add) == nil)
        #expect(await answers.next() == true)
        for number in 0..<300 {
            let wrong = try credentials(base64(Array("ann:\(number)".utf8)))
            #expect(checker.check(wrong, from: "192.0.2.1", users: Self.users, answer: answers.add) == nil)
            #expect(await answers.next() == false)
        }
        #expect(checker.check(right, from: "192.0.2.1", users: Self.users, answer: answers.add) == true)
    }

    @Test(arguments: [(0, 9), (9, 0)])
    func `a password that has no place to wait is turned away`(jobs: Int, waiters: Int) async throws {
        let checker = PasswordChecker(jobLimit: jobs, waiterLimit: waiters)
        let answers = Collected<Bool?>()
        let right = try credentials("YW5uOnNlY3JldA==")
        #expect(checker.check(right, from: "192.0.2.1", users: Self.users, answer: answers.add) == nil)
        #expect(answers.all == [nil])
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8:0:1::1"), ("fe80::1%a", "fe80::1%b"),
    ])
    func `whoever guesses leaves room for others`(guesser: String, other: String) async throws {
        let checker = PasswordChecker(jobLimit: 4, waiterLimit: 256)
        let slow = ["ann": PasswordHash(unmatchableOfCost: 12)]
        let answers = Collected<Bool?>()
        for number in 0..<50 {
            let guess = try credentials(base64(Array("ann:\(number)".utf8)))
            #expect(checker.check(guess, from: guesser, users: slow, answer: answers.add) == nil)
        }
        #expect(answers.all.contains(nil))
        let right = try credentials("YW5uOnNlY3JldA==")
        let mine = Collected<Bool?>()
        #expect(checker.check(right, from: other, users: Self.users, answer: mine.add) == nil)
        #expect(await mine.next() == true)
    }

    @Test func `a network of IPv6 is one guesser`() async throws {
        let checker = PasswordChecker(jobLimit: 4, waiterLimit: 256)
        // The first check takes longer than it takes to ask for the other two.
        let slow = ["ann": PasswordHash(unmatchableOfCost: 13)]
        let answers = Collected<Bool?>()
        let guesses = try (0..<3).map { try credentials(base64(Array("ann:\($0)".utf8))) }
        for (guess, address) in zip(guesses, ["2001:db8::1", "2001:db8::2:1", "2001:db8:0:0:ffff::1"]) {
            #expect(checker.check(guess, from: address, users: slow, answer: answers.add) == nil)
        }
        #expect(answers.all == [nil])
    }

    @Test func `requests with one password wait for one check`() async throws {
        let checker = PasswordChecker(jobLimit: 1, waiterLimit: 100)
        let right = try credentials("YW5uOnNlY3JldA==")
        let answers = Collected<Bool?>()
        var waiting = 0
        for _ in 0..<100
        where checker.check(right, from: "192.0.2.1", users: Self.users, answer: answers.add) == nil {
            waiting += 1
        }
        for _ in 0..<waiting {
            #expect(await answers.next() == true)
        }
    }

    @Test func `no more than the burst and one each interval are let through in any time`() {
        let limit = ListenerSecurity.RateLimit(interval: 7, burst: 3)
        var gate = RateGate()
        var taken: [UInt64] = []
        for now in UInt64(0)..<1_000 {
            for _ in 0..<Int(now * 31 % 5) where gate.take(limit, now: now) {
                taken.append(now)
            }
        }
        for (index, start) in taken.enumerated() {
            for (count, end) in taken[index...].enumerated() {
                #expect(UInt64(count + 1) <= 3 + (end - start) / 7)
            }
        }
        #expect(taken.count >= 1_000 / 7)
        var endless = RateGate()
        let slow = ListenerSecurity.RateLimit(interval: .max, burst: 2)
        let isTaken = endless.take(slow, now: 5)
        #expect(isTaken)
    }

    private func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for digit in 0...group.count {
                text.append(alphabet[bits >> (18 - 6 * digit) & 63])
            }
            text += String(repeating: "=", count: 3 - group.count)
        }
        return text
    }
}

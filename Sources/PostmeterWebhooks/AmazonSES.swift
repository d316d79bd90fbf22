package import PostmeterMail
package import PostmeterModel
import Synchronization

/// Webhooks of Amazon SES, which come as messages of Amazon SNS topics.
///
/// Amazon signs each message with a key of its own, and so does it for everybody: what makes a message ours
/// is its topic. So an endpoint has no secret, but must name its topics, and a message of another topic is
/// refused before anything is fetched. SNS goes on trying for up to an hour, so the age of a signature proves
/// little of this machine's clock.
///
/// A message holds a document as text, in one of two dialects: `eventType`, which configuration sets publish,
/// and `notificationType`, which identities and receipt rules send.
/// Source: the Amazon SES Developer Guide, "Contents of event data that Amazon SES publishes to Amazon SNS",
/// "Amazon SNS notification contents for Amazon SES" and "Contents of notifications for Amazon SES email
/// receiving"; see ``SNSEnvelope`` for the envelope.
package struct AmazonSES: WebhookProvider {
    package static let provider = MailProvider.ses
    package static let optionNames: Set<WebhookOptions.Name> = [.topics, .trustedHosts, .agentField]
    package var isTimed: Bool { false }

    /// For how long after its publication a message is taken, in seconds.
    ///
    /// That is the hour for which SNS tries at the most, and as much again for what each try takes.
    static let longestDelay: UInt64 = 7_200
    /// How far ahead of this machine's clock the publication may be, in seconds.
    static let tolerance: UInt64 = 300
    /// How many topics an endpoint may have.
    private static let topicLimit = 64
    private static let rawDelivery = "x-amz-sns-rawdelivery"

    package static func readHeaders(_ options: WebhookOptions) -> [String] { [rawDelivery] }

    package static func keptHeaders(_ options: WebhookOptions) -> [String] { [] }

    private let topics: Set<String>
    private let hosts: SNSHosts
    private let keys: SNSKeys
    private let reader: Reader

    /// Parses envelopes, one at a time: a parser belongs to one thread, and event loops are several.
    private final class Reader: @unchecked Sendable {
        private let lock = Mutex(())
        /// Touched under the lock alone.
        private let parser = JSONParser(byteLimit: AmazonSES.bodyLimit)

        func read(
            _ body: UnsafeRawBufferPointer,
            topics: Set<String>
        ) throws(VerificationFailure) -> SNSEnvelope {
            let result = withUnsafeTemporaryAllocation(
                byteCount: body.count + JSONParser.padding,
                alignment: 1
            ) { padded in
                padded.copyMemory(from: body)
                let end = UnsafeMutableRawBufferPointer(rebasing: padded[body.count...])
                end.initializeMemory(as: UInt8.self, repeating: 0)
                let document = UnsafeRawBufferPointer(rebasing: padded[..<body.count])
                return lock.withLock { _ in Self.read(document, topics: topics, with: parser) }
            }
            return try result.get()
        }

        private static func read(
            _ document: UnsafeRawBufferPointer,
            topics: Set<String>,
            with parser: JSONParser
        ) -> Result<SNSEnvelope, VerificationFailure> {
            let root: JSONValue
            do throws(DecodeFailure) {
                root = try parser.parse(document)
            } catch {
                return .failure(.malformed("the JSON object"))
            }
            do throws(VerificationFailure) {
                return .success(try SNSEnvelope(root, topics: topics))
            } catch {
                return .failure(error)
            }
        }
    }

    package init(_ setup: WebhookSetup) throws(WebhookSetupError) {
        guard setup.secrets.isEmpty else { throw .secret(.unneeded) }
        topics = try Self.topics(setup.options.topics ?? [])
        hosts = try SNSHosts(trusted: setup.options.trustedHosts ?? [])
        keys = SNSKeys(certificate: setup.certificate)
        reader = Reader()
    }

    private static func topics(_ names: [String]) throws(WebhookSetupError) -> Set<String> {
        guard !names.isEmpty else {
            throw .option(
                .topics,
                "is missing: list the ARNs of the SNS topics that this endpoint takes, since Amazon signs the "
                    + "messages of everybody's"
            )
        }
        guard names.count <= topicLimit else {
            throw .option(.topics, "has \(names.count) topics: at most \(topicLimit) are taken")
        }
        for (place, name) in names.enumerated() {
            let parts = name.split(separator: ":", omittingEmptySubsequences: false)
            let isPlain = name.utf8.count <= FieldLimit.sentence && name.utf8.allSatisfy { 0x21...0x7E ~= $0 }
            guard isPlain, parts.count == 6, parts[0] == "arn", parts[2] == "sns",
                parts.allSatisfy({ !$0.isEmpty })
            else {
                throw .option(
                    .topics,
                    "item \(place + 1) is no ARN of a topic, such as arn:aws:sns:us-east-1:123456789012:mail"
                )
            }
        }
        return Set(names)
    }

    package func verify(
        _ headers: WebhookHeaders,
        body: UnsafeRawBufferPointer,
        now: UnixTime
    ) -> Verification {
        if headers[Self.rawDelivery]?.lowercased() == "true" { return .invalid(.rawDelivery) }
        let message: SNSEnvelope
        do throws(VerificationFailure) {
            message = try reader.read(body, topics: topics)
        } catch {
            return .invalid(error)
        }
        let present = now.nanoseconds / 1_000_000_000
        let published = message.publishedAt.nanoseconds / 1_000_000_000
        if published > present, published - present > Self.tolerance { return .invalid(.future) }
        if present > published, present - published > Self.longestDelay {
            return .invalid(.outdated(minutes: Self.longestDelay / 60))
        }
        // Whoever knows the topic can write what follows, so no host is asked that is not Amazon's.
        guard hosts.allowsCertificate(message.certificateURL) else {
            return .invalid(.untrustedURL("SigningCertURL"))
        }
        if case .subscription(let url) = message.kind, !hosts.allowsConfirmation(url) {
            return .invalid(.untrustedURL("SubscribeURL"))
        }
        let verdict = keys.verify(message, now: now)
        guard case .valid = verdict, case .subscription(let url) = message.kind else { return verdict }
        return .confirmation(url: url)
    }

    /// 403, after which SNS drops the message; but 503, after which it tries again, where the clock may err.
    ///
    /// A 401 would ask it for a password.
    package func status(refusing failure: VerificationFailure, _ headers: WebhookHeaders) -> Int {
        switch failure {
        case .badCertificate: 503
        default: failure.isOfTime ? 503 : 403
        }
    }
}

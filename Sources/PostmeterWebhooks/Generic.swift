package import PostmeterMail
package import PostmeterModel

/// Webhooks of any platform that this build has no file for: how they are signed and where their fields stand
/// is said in the configuration.
///
/// Signed as Standard Webhooks unless the endpoint's `signature` says otherwise; read by its `mapping`. The name
/// of the endpoint is the platform's.
package struct Generic: WebhookProvider {
    package static let provider = MailProvider(rawValue: "generic")
    package static let optionNames: Set<WebhookOptions.Name> = [.name, .signature, .mapping]
    package static let bodyLimit = WebhookLimit.inboundBody

    package static func readHeaders(_ options: WebhookOptions) -> [String] {
        let read = options.signatureOrDefault.headers
        return read + keptHeaders(options).filter { !read.contains($0) }
    }

    package static func keptHeaders(_ options: WebhookOptions) -> [String] {
        options.mapping?.mapping?.id.headers ?? []
    }

    package static func mailProvider(_ options: WebhookOptions) -> MailProvider {
        options.name.map { MailProvider(rawValue: $0) } ?? provider
    }

    package static func remarks(on options: WebhookOptions) -> [String] {
        guard let mapping = options.mapping?.mapping else { return [] }
        var remarks: [String] = []
        if mapping.isUnverified {
            remarks.append(
                "mapping: UNVERIFIED, it was written without the platform's own description; compare it with "
                    + "real webhooks, and remove 'unverified: true' once it is right")
        }
        let signature = options.signatureOrDefault
        for name in mapping.id.headers where !signature.covers(header: name) {
            remarks.append(
                "mapping.id: the signature does not cover the header \(name), so that whoever can repeat a webhook "
                    + "can have it counted again under another id; take the id from the body if it is there")
        }
        return remarks
    }

    private enum Verifier: Sendable {
        case standard(StandardWebhooks)
        case keyed(KeyedSignatures)
        case shared(SharedSecrets)
    }

    /// Signatures that may be older than this say too little of the clock that they were held against.
    private static let longestTimed: UInt64 = 600

    private let verifier: Verifier
    package let isTimed: Bool

    package init(_ setup: WebhookSetup) throws(WebhookSetupError) {
        try Self.check(setup.options)
        let signature = setup.options.signatureOrDefault
        switch signature.scheme {
        case .standardWebhooks:
            verifier = .standard(try setup.secrets(StandardWebhooks.init))
            isTimed = true
        case .sharedSecret:
            verifier = .shared(try setup.secrets(SharedSecrets.init))
            isTimed = false
        case .hmacSHA256:
            verifier = .keyed(
                try setup.secrets { secrets throws(WebhookSecretError) in
                    try KeyedSignatures(signature, secrets: secrets)
                })
            isTimed = signature.timestamp.map { $0.tolerance <= Self.longestTimed } ?? false
        }
    }

    private static func check(_ options: WebhookOptions) throws(WebhookSetupError) {
        guard let name = options.name else {
            throw .option(
                .name, "is missing: say what the platform is called in email.provider, such as afterdraft")
        }
        let shown = name.line(limit: 64)
        guard MailProvider(rawValue: name).rawValue == name, name.first != "_" else {
            throw .option(.name, "'\(shown)' is not a name: 1 to 32 of a-z, 0-9, - and _, with no _ in front")
        }
        guard name != provider.rawValue, !WebhookProviders.isBuiltIn(name) else {
            throw .option(.name, "'\(shown)' is the name of a platform that is built in; choose another")
        }
        switch options.mapping {
        case .inline: break
        case .reference(let reference):
            throw .option(.mapping, "'\(reference.line(limit: 64))' was not read")
        case nil:
            throw .option(
                .mapping,
                "is missing: say where the fields of an event stand, or name a mapping that is shipped")
        }
    }

    package func verify(
        _ headers: WebhookHeaders,
        body: UnsafeRawBufferPointer,
        now: UnixTime
    ) -> Verification {
        switch verifier {
        case .standard(let signatures): signatures.verify(headers, body: body, now: now)
        case .keyed(let signatures): signatures.verify(headers, body: body, now: now)
        case .shared(let secrets): secrets.verify(headers)
        }
    }

    package static func numbers(
        in webhook: borrowing AcceptedWebhook,
        with parser: JSONParser
    ) -> [UInt64] {
        guard let mapping = webhook.options.mapping?.mapping, let sequence = mapping.sequence else {
            return []
        }
        let reader = MappedEvents(
            mapping: mapping, provider: mailProvider(webhook.options), acceptedAt: webhook.acceptedAt)
        return reader.numbers(sequence, in: webhook.body, with: parser)
    }

    package static func decode(
        _ webhook: borrowing AcceptedWebhook,
        with parser: JSONParser
    ) throws(DecodeFailure) -> [MailEvent] {
        guard let mapping = webhook.options.mapping?.mapping else {
            throw DecodeFailure(.missingField, "the endpoint had no mapping when the webhook came in")
        }
        let reader = MappedEvents(
            mapping: mapping, provider: mailProvider(webhook.options), acceptedAt: webhook.acceptedAt)
        return try reader.read(webhook.body, webhook.headers, with: parser)
    }
}

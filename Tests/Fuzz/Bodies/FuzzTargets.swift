/// All that is fuzzed.
enum FuzzTargets {
    /// One for each parser of bytes that a peer chooses.
    static let all: [FuzzTarget] =
        [
            HTTPRequestsFuzz.target, ResponseHeadersFuzz.target, OTLPReplyFuzz.target, AcceptFuzz.target,
            AcceptEncodingFuzz.target, TraceContextFuzz.target, BaggageFuzz.target, SignatureFuzz.target,
            BasicCredentialsFuzz.target, SNSMessageFuzz.target, JSONPointerFuzz.target,
            MailFieldFuzz.target, JournalFramesFuzz.target, JournalRecoveryFuzz.target, EnvelopeFuzz.target,
            PercentEncodingFuzz.target, WebConfigurationFuzz.target, PairListFuzz.target, GzipFuzz.target,
            MultipartFormFuzz.target, EncodedFormFuzz.target,
        ] + WebhookFuzz.targets
}

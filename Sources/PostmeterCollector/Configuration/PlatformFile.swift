internal import PostmeterFleet
internal import PostmeterWebhooks

/// A file that says how a platform signs its webhooks and how its events are read.
struct PlatformFile: Decodable {
    /// How it signs; nil is as Standard Webhooks.
    var signature: SignatureOptions?
    var mapping: EventMapping

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case signature, mapping
    }

    init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(besides: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        signature = try container.decodeIfPresent(SignatureOptions.self, forKey: .signature)
        mapping = try container.decode(EventMapping.self, forKey: .mapping)
    }
}

internal import PostmeterFleet

/// What `postmeter.yaml` says of how much is kept on disk.
extension ConfigurationFile {
    struct Journal: Decodable {
        var byteLimit: ByteSize?
        var retainBytes: ByteSize?
        var retainAge: TimeSpan?
        var segmentBytes: ByteSize?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case byteLimit = "byte_limit"
            case retainBytes = "retain_bytes"
            case retainAge = "retain_age"
            case segmentBytes = "segment_bytes"
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            byteLimit = try container.decodeIfPresent(ByteSize.self, forKey: .byteLimit)
            retainBytes = try container.decodeIfPresent(ByteSize.self, forKey: .retainBytes)
            retainAge = try container.decodeIfPresent(TimeSpan.self, forKey: .retainAge)
            segmentBytes = try container.decodeIfPresent(ByteSize.self, forKey: .segmentBytes)
        }
    }

    struct DeadLetters: Decodable {
        var maxBytes: ByteSize?
        var maxAge: TimeSpan?
        var maxCount: Int?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case maxBytes = "max_bytes"
            case maxAge = "max_age"
            case maxCount = "max_count"
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            maxBytes = try container.decodeIfPresent(ByteSize.self, forKey: .maxBytes)
            maxAge = try container.decodeIfPresent(TimeSpan.self, forKey: .maxAge)
            maxCount = try container.decodeIfPresent(Int.self, forKey: .maxCount)
        }
    }
}

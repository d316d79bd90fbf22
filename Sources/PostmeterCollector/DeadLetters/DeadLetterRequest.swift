internal import FoundationEssentials
internal import PostmeterFleet

/// The body of a request to replay dead letters, as JSON.
struct DeadLetterRequest: Decodable {
    var sequences: [UInt64]?
    var from: UInt64?
    var to: UInt64?
    var since: String?
    var until: String?
    var endpoint: String?
    var provider: String?
    var reason: String?
    var all: Bool?
    var limit: Int?

    /// The number of a letter; the decoder's own error for one that does not fit says nothing of its place.
    private struct WholeNumber: Decodable {
        let value: UInt64

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            guard let value = try? container.decode(UInt64.self) else {
                throw DecodingError.typeMismatch(
                    UInt64.self,
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription: "it must be a whole number from 0 on")
                )
            }
            self.value = value
        }
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case sequences, from, to, since, until, endpoint, provider, reason, all, limit
    }

    init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(besides: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        sequences = try container.decodeIfPresent([WholeNumber].self, forKey: .sequences)?.map(\.value)
        from = try container.decodeIfPresent(WholeNumber.self, forKey: .from)?.value
        to = try container.decodeIfPresent(WholeNumber.self, forKey: .to)?.value
        since = try container.decodeIfPresent(String.self, forKey: .since)
        until = try container.decodeIfPresent(String.self, forKey: .until)
        endpoint = try container.decodeIfPresent(String.self, forKey: .endpoint)
        provider = try container.decodeIfPresent(String.self, forKey: .provider)
        reason = try container.decodeIfPresent(String.self, forKey: .reason)
        all = try container.decodeIfPresent(Bool.self, forKey: .all)
        limit = try container.decodeIfPresent(Int.self, forKey: .limit)
    }

    /// Reads the letters that a body of JSON means.
    ///
    /// - Throws: An error that names the field and what may stand there.
    static func selection(
        _ body: [UInt8], now: UInt64
    ) throws(ConfigurationError) -> DeadLetterSelection {
        let request: DeadLetterRequest
        do {
            request = try JSONDecoder().decode(DeadLetterRequest.self, from: Data(body))
        } catch let error as DecodingError {
            throw ConfigurationError(error)
        } catch {
            throw ConfigurationError(path: "", problem: "the body is not JSON")
        }
        var criteria = DeadLetterCriteria()
        let given = [
            ("from", request.from.map { String($0) }), ("to", request.to.map { String($0) }),
            ("since", request.since), ("until", request.until), ("endpoint", request.endpoint),
            ("provider", request.provider), ("reason", request.reason),
        ]
        for (name, text) in given {
            if let text { try criteria.set(name, text, now: now) }
        }
        return try DeadLetterSelection(
            numbers: request.sequences, criteria, isAll: request.all ?? false, limit: request.limit)
    }
}

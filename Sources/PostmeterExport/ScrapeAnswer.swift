import PostmeterExposition
import PostmeterTransport

/// One answer to a scrape, written piece by piece and compressed on the way.
struct ScrapeAnswer {
    /// The bytes of a piece, about.
    private static let pieceBytes = ExpositionBody.pieceBytes

    let format: ExpositionFormat
    /// The fields of the answer.
    let headers: HTTPHeaders
    private var body: ExpositionBody
    private let gzip: GzipStream?
    /// What is written and not compressed yet.
    private var plain: [UInt8] = []

    init(_ body: ExpositionBody, _ format: ExpositionFormat, isCompressed: Bool) {
        self.body = body
        self.format = format
        gzip = isCompressed ? GzipStream() : nil
        var headers: HTTPHeaders = ["Content-Type": format.contentType, "Vary": "Accept, Accept-Encoding"]
        if gzip != nil { headers.add("Content-Encoding", "gzip") }
        self.headers = headers
    }

    /// Puts the next piece into `bytes`, whose room is used again; returns whether there is more.
    ///
    /// Nil when zlib failed, and the answer cannot be completed.
    mutating func next(into bytes: inout [UInt8]) -> Bool? {
        bytes.removeAll(keepingCapacity: true)
        guard let gzip else { return body.next(into: &bytes, limit: Self.pieceBytes) }
        var hasMore = true
        while hasMore, bytes.count < Self.pieceBytes {
            plain.removeAll(keepingCapacity: true)
            hasMore = body.next(into: &plain, limit: Self.pieceBytes)
            guard gzip.compress(plain, into: &bytes, isLast: !hasMore) else { return nil }
        }
        return hasMore
    }
}

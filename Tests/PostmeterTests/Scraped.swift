/// What a scrape in Prometheus' text says of one metric.
enum Scraped {
    /// The sample lines of a metric and of its buckets, sum and count, without the labels of the scope.
    static func samples(_ text: String, of name: String) -> [String] {
        let names: Set<Substring> = [name[...], "\(name)_bucket", "\(name)_sum", "\(name)_count"]
        return text.split(separator: "\n").compactMap { line in
            guard let end = line.firstIndex(where: { $0 == "{" || $0 == " " }), names.contains(line[..<end])
            else { return nil }
            return String(line)
                .replacing(#/,?otel_scope_(name|version)="[^"]*"/#, with: "")
                .replacing("{,", with: "{").replacing("{}", with: "")
        }
    }
}

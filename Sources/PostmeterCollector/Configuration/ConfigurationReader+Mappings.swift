internal import PostmeterWebhooks

/// Mappings of generic platforms that stand elsewhere than in the endpoint.
extension ConfigurationReader {
    /// The options with the mapping that they name read: one that is shipped, or one of a file.
    ///
    /// How the platform signs comes with it, unless the endpoint says it.
    func resolved(
        _ endpoint: ConfigurationFile.Endpoint, at path: String
    ) throws(ConfigurationError) -> WebhookOptions {
        let options = endpoint.options
        // A platform that takes no mapping says so itself.
        guard case .reference(let reference) = options.mapping,
            WebhookProviders.named(endpoint.provider)?.optionNames.contains(.mapping) == true
        else { return options }
        let file: PlatformFile
        if let shipped = ShippedMapping(rawValue: reference) {
            file = try decode(PlatformFile.self, text: shipped.text, path: reference)
        } else if Self.isPath(reference) {
            file = try platform(inFile: reference, for: "\(path).mapping")
        } else {
            let known = ShippedMapping.allCases.map { $0.rawValue }.joined(separator: ", ")
            throw ConfigurationError(
                path: "\(path).mapping",
                problem:
                    "'\(reference)' is neither a mapping that is shipped (\(known)) nor the path of a file, "
                    + "such as ./\(reference).yaml")
        }
        var resolved = options
        resolved.mapping = .inline(file.mapping)
        resolved.signature = options.signature ?? file.signature
        return resolved
    }

    /// What is known of an endpoint that should be said when it starts.
    func remarks(on endpoint: CollectorConfiguration.Endpoint, at path: String) -> [String] {
        let type = WebhookProviders.named(endpoint.provider)
        return (type?.remarks(on: endpoint.options) ?? []).map { "\(path).\($0)" }
    }

    private static func isPath(_ reference: String) -> Bool {
        reference.contains("/") || reference.contains(".")
    }

    private func platform(
        inFile file: String, for place: String
    ) throws(ConfigurationError) -> PlatformFile {
        do throws(ConfigurationError) {
            return try decode(PlatformFile.self, path: file)
        } catch {
            let problem = error.path == file ? error.description : "\(file): \(error.description)"
            throw ConfigurationError(path: place, problem: problem)
        }
    }
}

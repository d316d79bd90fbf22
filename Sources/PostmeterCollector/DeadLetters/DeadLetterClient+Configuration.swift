extension DeadLetterClient.Access {
    /// Where a configuration says that the admin listener is.
    ///
    /// - Throws: When it does not say, or guards the listener by a file of its own.
    package static func url(of listen: CollectorConfiguration.Listen) throws(ConfigurationError) -> String {
        guard listen.webConfigFiles.admin == nil else {
            throw ConfigurationError(
                path: "listen.admin",
                problem: "is guarded by a web_config_file: name it with --admin https://HOST:PORT, and give "
                    + "--user, --password-file and --ca-file as far as it asks for them")
        }
        guard listen.admin.port != 0 else {
            throw ConfigurationError(
                path: "listen.admin", problem: "leaves the port to the system: name it with --admin URL")
        }
        let anywhere = ["0.0.0.0": "127.0.0.1", "::": "::1"]
        let host = anywhere[listen.admin.host] ?? listen.admin.host
        return "http://\(ListenAddress(host: host, port: listen.admin.port))"
    }
}

extension PostmeterConfiguration {
    /// Whether the telemetry is to say nothing of itself; all that it says are warnings.
    static func isQuiet(_ reader: EnvironmentReader) -> Bool {
        reader.choice(
            "OTEL_LOG_LEVEL",
            [
                "trace": false, "debug": false, "info": false, "warn": false, "warning": false, "error": true,
                "critical": true, "fatal": true, "none": true,
            ]) ?? false
    }
}

internal import Postmeter

extension CollectorConfiguration {
    /// What is said of files of TLS that cannot be read now; they are needed when a connection is made.
    func warnings(ofFilesThat isUnreadable: (String) -> Bool) -> [String] {
        var warnings: [String] = []
        for target in pushes {
            let signals =
                [("", target.tls), ("metrics", target.metrics.tls), ("traces", target.traces.tls)]
                + [("logs", target.logs.tls)]
            for (signal, tls) in signals {
                let place = signal.isEmpty ? target.name : "\(target.name), \(signal)"
                let files = [tls?.authorityFile, tls?.certificateFile, tls?.keyFile].compactMap { $0 }
                for file in files where isUnreadable(file) {
                    warnings.append(
                        "otlp (\(place)): '\(file)' cannot be read; nothing is pushed there until it can")
                }
            }
        }
        return warnings
    }
}

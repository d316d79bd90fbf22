/// The folder of all spools: `<target>/<signal>` below it.
package struct SpoolFolder: Sendable, Hashable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// The folder of one lane.
    package func path(_ target: String, _ signal: ExportSignal) -> String {
        "\(path)/\(target)/\(signal.rawValue)"
    }
}

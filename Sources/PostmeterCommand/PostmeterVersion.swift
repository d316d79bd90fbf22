/// The version of this program, as `--version`, `service.version` and `postmeter.build.info` say it.
enum PostmeterVersion {
    static let text = "0.1.0"
}

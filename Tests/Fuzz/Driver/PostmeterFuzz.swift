import Glibc

/// libFuzzer's own main, for programs that have one already.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// What libFuzzer calls with each input; its runtime is not linked without a function of this name.
@_cdecl("LLVMFuzzerTestOneInput")
func runOneInput(_ bytes: UnsafePointer<UInt8>?, _ length: Int) -> Int32 {
    PostmeterFuzz.run(Array(UnsafeBufferPointer(start: bytes, count: length)))
    return 0
}

/// `PostmeterFuzz TARGET [libFuzzer's arguments]` fuzzes one target; without arguments it lists them.
@main
enum PostmeterFuzz {
    /// The target of this process; set once, before the first input.
    nonisolated(unsafe) private static var target: FuzzTarget?

    /// Where a process finds the name that was given to the one which started it: libFuzzer starts itself anew to
    /// merge and to minimize, and passes on its own arguments alone.
    private static let variable = "POSTMETER_FUZZ_TARGET"

    static func main() {
        var arguments = CommandLine.arguments
        if arguments.count > 1, FuzzTargets.all.contains(where: { $0.name == arguments[1] }) {
            setenv(variable, arguments.remove(at: 1), 1)
        }
        let name = getenv(variable).map { String(cString: $0) }
        guard let found = FuzzTargets.all.first(where: { $0.name == name }) else {
            for target in FuzzTargets.all { print(target.name) }
            exit(arguments.count > 1 ? 2 : 0)
        }
        target = found
        var count = Int32(arguments.count)
        var list: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        list.append(nil)
        let status = list.withUnsafeMutableBufferPointer { buffer in
            var start = buffer.baseAddress
            return runDriver(&count, &start, runOneInput)
        }
        exit(status)
    }

    /// Ends the process, as a crash would, when a property does not hold.
    fileprivate static func run(_ input: [UInt8]) {
        do {
            try target?.run(input)
        } catch {
            let line = Array("does not hold: \(error)\n".utf8)
            _ = write(2, line, line.count)
            abort()
        }
    }
}

import Glibc

/// What a process knows of itself and its machine without reading a file.
struct ProcessFacts: Sendable {
    /// The id of the process.
    var id: Int32
    /// The numeric id of the user that it runs as.
    var user: UInt32
    /// The program as it was called: the first argument, and no other, since arguments may hold secrets.
    var command: String
    /// The file of the program; empty when it is not known.
    var executable: String
    /// The name of the machine.
    var host: String
    /// The kernel's name of the processor, for example `x86_64`.
    var machine: String
    /// The kernel's name, for example `Linux`.
    var system: String
    /// The kernel's release.
    var release: String

    /// The facts of this process.
    static func current() -> ProcessFacts {
        var names = utsname()
        uname(&names)
        return ProcessFacts(
            id: getpid(), user: getuid(), command: CommandLine.arguments.first ?? "",
            executable: executablePath(), host: text(names.nodename), machine: text(names.machine),
            system: text(names.sysname), release: text(names.release))
    }

    private static func executablePath() -> String {
        var path = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &path, path.count)
        return count > 0 ? String(decoding: path[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
    }

    /// C's fixed arrays are tuples in Swift.
    private static func text<T>(_ tuple: T) -> String {
        withUnsafeBytes(of: tuple) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

internal import Glibc

/// Another process: of this program, for what needs one that has done nothing else, or of a peer.
struct ChildProcess: Sendable {
    let identifier: pid_t
    /// The end of the pipe that its standard output comes out of.
    private let output: Int32
    /// The end of the pipe to its standard input, which is never written to: it closes when we are gone.
    private let input: Int32

    /// Starts a program with arguments; `log` is the file that its standard error goes to, nil our own.
    init(program: String = "/proc/self/exe", arguments: [String], log: String? = nil) throws {
        var out: [Int32] = [0, 0]
        var into: [Int32] = [0, 0]
        guard pipe(&out) == 0, pipe(&into) == 0 else { throw Self.failure("pipe") }
        for end in out + into { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, into[0], 0)
        posix_spawn_file_actions_adddup2(&actions, out[1], 1)
        if let log {
            posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        var words =
            ([program == "/proc/self/exe" ? "PostmeterBench" : program] + arguments).map { strdup($0) } + [
                nil
            ]
        defer { words.forEach { free($0) } }
        var child: pid_t = 0
        let status = posix_spawn(&child, program, &actions, nil, &words, environ)
        close(out[1])
        close(into[0])
        guard status == 0 else { throw Self.failure("posix_spawn") }
        identifier = child
        output = out[0]
        input = into[1]
    }

    /// What it prints up to the first line for which `isLast` is true, or its end.
    func lines(upTo isLast: (Substring) -> Bool) -> [Substring] {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        var complete: [Substring] = []
        while read(output, &byte, 1) == 1 {
            guard byte == 0x0a else {
                bytes.append(byte)
                continue
            }
            let line = Substring(decoding: bytes, as: UTF8.self)
            complete.append(line)
            bytes.removeAll()
            if isLast(line) { break }
        }
        return complete
    }

    /// User and system time so far, in seconds, with that of the processes that it started and that still run.
    var processorSeconds: Double { Self.processorSeconds(of: identifier) }

    private static func processorSeconds(of identifier: pid_t) -> Double {
        let children = ProcFile("/proc/\(identifier)/task/\(identifier)/children").text
            .split(separator: " ").compactMap { pid_t($0) }
        return children.reduce(ownSeconds(of: identifier)) { $0 + processorSeconds(of: $1) }
    }

    private static func ownSeconds(of identifier: pid_t) -> Double {
        let text = ProcFile("/proc/\(identifier)/stat").text
        // The name of the program, in brackets, may hold spaces.
        guard let close = text.lastIndex(of: ")") else { return 0 }
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            return 0
        }
        return (user + system) / Machine.ticks
    }

    /// Tells it to end and waits until it has.
    func stop() {
        kill(identifier, SIGTERM)
        waitForEnd()
    }

    /// Tells it to end by the end of its standard input, and waits until it has.
    func stopByInput() {
        close(input)
        waitForEnd(inputIsOpen: false)
    }

    /// Waits until it has ended by itself.
    func waitForEnd(inputIsOpen: Bool = true) {
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        close(output)
        if inputIsOpen { close(input) }
    }

    private static func failure(_ call: String) -> BenchmarkError {
        BenchmarkError("\(call): \(String(cString: strerror(errno)))")
    }
}

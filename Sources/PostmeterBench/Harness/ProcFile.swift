internal import Glibc

/// A small file of the kernel's.
struct ProcFile {
    /// What it says; empty when it is not there.
    let text: String

    init(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            text = ""
            return
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// Bytes of resident memory that no file stands behind: what a process has taken for itself.
    static func anonymousBytes(of process: pid_t) -> Int {
        let line = ProcFile("/proc/\(process)/status").text.split(separator: "\n")
            .first { $0.hasPrefix("RssAnon:") }
        let fields = line?.split { $0 == " " || $0 == "\t" } ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 1_024 : 0
    }

    /// The most bytes of memory that this process has had resident since ``forgetPeak()``.
    static func peakBytes() -> Int {
        let line = ProcFile("/proc/self/status").text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let fields = line?.split { $0 == " " || $0 == "\t" } ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 1_024 : 0
    }

    /// Makes the present the peak; false when the kernel does not let us.
    ///
    /// Source: proc(5), `/proc/[pid]/clear_refs`.
    static func forgetPeak() -> Bool {
        let descriptor = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return write(descriptor, "5", 1) == 1
    }

    /// Bytes of memory that a process has resident; 0 when it is gone.
    static func residentBytes(of process: pid_t? = nil) -> Int {
        let text = ProcFile("/proc/\(process.map { "\($0)" } ?? "self")/statm").text
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }
}

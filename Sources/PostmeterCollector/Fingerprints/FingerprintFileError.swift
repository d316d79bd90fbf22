internal import Glibc

/// Why a file of fingerprints could not be written or read.
struct FingerprintFileError: Error, CustomStringConvertible {
    /// The path of the file or its folder.
    var path: String
    /// What is wrong, to stand behind the path.
    var problem: String

    init(path: String, problem: String) {
        self.path = path
        self.problem = problem
    }

    /// A system call that failed, with its errno.
    init(path: String, code: Int) {
        self.init(path: path, problem: String(cString: strerror(Int32(truncatingIfNeeded: abs(code)))))
    }

    var description: String { "'\(path)': \(problem)" }
}

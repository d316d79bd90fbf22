import Glibc

/// Calls `body` with a fresh folder, which is removed afterwards.
func withTemporaryFolder<T>(_ body: (String) throws -> T) throws -> T {
    let folder = makeTemporaryFolder()
    defer { removeFolder(folder) }
    return try body(folder)
}

/// Calls `body` with a fresh folder, which is removed afterwards.
func withTemporaryFolder<T>(_ body: (String) async throws -> T) async throws -> T {
    let folder = makeTemporaryFolder()
    defer { removeFolder(folder) }
    return try await body(folder)
}

private func makeTemporaryFolder() -> String {
    var template = Array("/tmp/postmeter-test-XXXXXX".utf8CString)
    return template.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? "/tmp/postmeter-test"
    }
}

private func removeFolder(_ folder: String) {
    _ = nftw(folder, { path, _, _, _ in path.map { remove($0) } ?? 0 }, 16, FTW_DEPTH | FTW_PHYS)
}

import FoundationEssentials
import PostmeterTransport
import Testing

@testable import PostmeterCollector

@Suite struct WebConfigurationSourceTests {
    private static let file = """
        tls_server_config:
          cert_file: server.crt
          key_file: keys/server.key
        basic_auth_users:
          ann: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW
        """

    /// Writes a file as editors and certificate managers do: a new one is moved to its place.
    private func write(_ text: String, _ path: String) throws {
        try text.write(toFile: path + ".new", atomically: false, encoding: .utf8)
        _ = try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: path + ".new", toPath: path)
    }

    private func withFiles(_ body: (String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try FileManager.default.createDirectory(
                atPath: folder + "/keys", withIntermediateDirectories: true)
            try write(Self.file, folder + "/web.yml")
            try write(TestCertificates.server.certificate, folder + "/server.crt")
            try write(TestCertificates.server.key, folder + "/keys/server.key")
            try await body(folder)
        }
    }

    @Test func `paths are those from the file's folder, and nothing changes by itself`() async throws {
        try await withFiles { folder in
            let source = try WebConfigurationSource(path: folder + "/web.yml")
            let security = source.security.present
            #expect(security.tls?.certificates == Array(TestCertificates.server.certificate.utf8))
            #expect(security.tls?.key == Array(TestCertificates.server.key.utf8))
            #expect(security.users.keys.sorted() == ["ann"])
            #expect(source.remarks.isEmpty)
            #expect(try source.changes() == nil)
        }
    }

    @Test func `a file that would open a guarded listener to everyone is refused when it changes`()
        async throws
    {
        try await withFiles { folder in
            let source = try WebConfigurationSource(
                path: folder + "/web.yml", demand: .credentials(address: "0.0.0.0:9466"))
            try write("rate_limit: { interval: 1s, burst: 5 }\n", folder + "/web.yml")
            let error = #expect(throws: ConfigurationError.self) { try source.changes() }
            #expect(
                error?.description
                    == "\(folder)/web.yml: asks nobody who they are, and '0.0.0.0:9466' can be "
                    + "reached from outside: add basic_auth_users or client certificates that are required and verified"
            )
            #expect(try source.changes() == nil)
            try write(Self.file, folder + "/web.yml")
            #expect(try source.changes()?.users.keys.sorted() == ["ann"])
            try write("", folder + "/web.yml")
            #expect(throws: ConfigurationError.self) {
                try WebConfigurationSource(
                    path: folder + "/web.yml", demand: .credentials(address: "0.0.0.0:9466"))
            }
        }
    }

    @Test(arguments: ["", "\n", "# nothing\n", "---\n", "null"])
    func `a file that has become empty is one that is being written`(text: String) async throws {
        try await withFiles { folder in
            let source = try WebConfigurationSource(path: folder + "/web.yml")
            try write(text, folder + "/web.yml")
            let error = #expect(throws: ConfigurationError.self) { try source.changes() }
            #expect(
                error?.description
                    == "\(folder)/web.yml: is empty; write {} if it is to demand nothing from now on")
            #expect(try source.changes() == nil)
            try write(Self.file, folder + "/web.yml")
            #expect(try source.changes()?.users.keys.sorted() == ["ann"])
            try write("{}", folder + "/web.yml")
            #expect(try source.changes() == ListenerSecurity())
        }
    }

    @Test(arguments: ["", "rate_limit: {}\n", Self.file + "\n"])
    func `a file that changes while it is read is not taken`(text: String) async throws {
        try await withFiles { folder in
            let path = folder + "/web.yml"
            let error = #expect(throws: FileContent.Unreadable.self) {
                try FileContent.read(path, limit: 1_000) {
                    try? text.write(toFile: path, atomically: false, encoding: .utf8)
                }
            }
            #expect(error?.reason == "it is being written" && error?.isBeingWritten == true)
            let read = try FileContent.read(path, limit: 1_000)
            #expect(read.bytes == Array(text.utf8) && read.stamp == FileContent.stamp(of: path))
        }
    }

    @Test func `a new certificate is taken when its key is there too`() async throws {
        try await withFiles { folder in
            let source = try WebConfigurationSource(path: folder + "/web.yml")
            try write(TestCertificates.renewed.certificate, folder + "/server.crt")
            let error = #expect(throws: ConfigurationError.self) { try source.changes() }
            #expect(
                error?.description == "\(folder)/web.yml: tls_server_config.key_file: "
                    + "is not the one of the certificate; take those made together.")
            #expect(try source.changes() == nil)
            try write(TestCertificates.renewed.key, folder + "/keys/server.key")
            let changed = try #require(try source.changes())
            #expect(changed.tls?.certificates == Array(TestCertificates.renewed.certificate.utf8))
            #expect(try source.changes() == nil)
        }
    }

    @Test func `a file that goes away is told once, and taken when it is back`() async throws {
        try await withFiles { folder in
            let source = try WebConfigurationSource(path: folder + "/web.yml")
            for name in ["web.yml", "keys/server.key"] {
                let path = "\(folder)/\(name)"
                let text = try String(contentsOfFile: path, encoding: .utf8)
                try FileManager.default.removeItem(atPath: path)
                let error = #expect(throws: ConfigurationError.self) { try source.changes() }
                #expect(
                    error?.description.contains("\(path) cannot be read: No such file or directory") == true)
                #expect(try source.changes() == nil)
                try write(text, path)
                #expect(try source.changes() == source.security.present)
                #expect(try source.changes() == nil)
            }
        }
    }

    @Test func `a file that is broken names its field, and is taken when it is mended`() async throws {
        try await withFiles { folder in
            let source = try WebConfigurationSource(path: folder + "/web.yml")
            try write(Self.file + "\nrate_limits: {}\n", folder + "/web.yml")
            let error = #expect(throws: ConfigurationError.self) { try source.changes() }
            #expect(
                error?.description
                    == "\(folder)/web.yml: rate_limits: unknown key; did you mean rate_limit?")
            #expect(try source.changes() == nil)
            // What the broken file did not come to name is watched all the same.
            try write(TestCertificates.renewed.certificate, folder + "/server.crt")
            #expect(throws: ConfigurationError.self) { try source.changes() }
            try write("basic_auth_users: {}\n", folder + "/web.yml")
            let changed = try #require(try source.changes())
            #expect(changed.users.isEmpty && changed.tls == nil)
        }
    }

    @Test func `what is asked for and not done is remarked`() async throws {
        try await withFiles { folder in
            try write("http_server_config: {http2: true}", folder + "/web.yml")
            let source = try WebConfigurationSource(path: folder + "/web.yml")
            #expect(
                source.remarks == [
                    "\(folder)/web.yml: http_server_config.http2: HTTP/2 is not served; "
                        + "requests are taken over HTTP/1.1"
                ])
        }
    }

    @Test func `what cannot be read at the start is named`() async throws {
        try await withFiles { folder in
            let missing = #expect(throws: ConfigurationError.self) {
                _ = try WebConfigurationSource(path: folder + "/none.yml")
            }
            #expect(missing?.path == folder + "/none.yml")
            #expect(missing?.problem == "\(folder)/none.yml cannot be read: No such file or directory")
            try write("tls_server_config: {cert_file: server.crt, key_file: keys}", folder + "/web.yml")
            let directory = #expect(throws: ConfigurationError.self) {
                _ = try WebConfigurationSource(path: folder + "/web.yml")
            }
            #expect(directory?.path == "\(folder)/web.yml: tls_server_config.key_file")
            #expect(directory?.problem == "\(folder)/keys cannot be read: it is not a file")
        }
    }
}

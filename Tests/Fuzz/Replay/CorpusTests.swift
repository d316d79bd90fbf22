import Foundation
import Testing

/// The corpora of the fuzzer, and a few thousand inputs made of them, hold in every test run.
@Suite struct CorpusTests {
    static let names = FuzzTargets.all.map { $0.name }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("corpus")

    private func target(_ name: String) throws -> FuzzTarget {
        try #require(FuzzTargets.all.first { $0.name == name })
    }

    private func corpus(_ name: String) throws -> [(file: String, input: [UInt8])] {
        let folder = Self.folder.appendingPathComponent(name)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try files.map { ($0, Array(try Data(contentsOf: folder.appendingPathComponent($0)))) }
    }

    @Test(arguments: names) func `what the fuzzer has found before holds`(name: String) throws {
        let (target, corpus) = (try target(name), try corpus(name))
        #expect(!corpus.isEmpty)
        for (file, input) in corpus {
            #expect(throws: Never.self, "Tests/Fuzz/corpus/\(name)/\(file)") { try target.run(input) }
        }
    }

    @Test(arguments: names) func `what is made of the corpus holds`(name: String) throws {
        let target = try target(name)
        var mutator = Mutator(seed: 4_711, corpus: try corpus(name).map { $0.input })
        for turn in 0..<500 {
            let input = mutator.next()
            do {
                try target.run(input)
            } catch {
                Issue.record("input \(turn), in base64 \(Data(input).base64EncodedString()): \(error)")
                return
            }
        }
    }

    @Test func `each corpus belongs to a target`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(folders) == Set(Self.names))
    }
}

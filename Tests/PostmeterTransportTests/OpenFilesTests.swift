import Testing

@testable import PostmeterTransport

@Suite struct OpenFilesTests {
    @Test(arguments: [
        (1_024, 3, 256), (1_024, nil, 512), (1_048_576, 3, 349_440), (256, 3, 1), (0, 3, 1), (0, nil, 1),
        (1_024, 0, 768), (UInt.max, 1, Int.max - 256),
    ])
    func `listeners leave descriptors to the rest`(limit: UInt, listeners: Int?, connections: Int) {
        #expect(OpenFiles.connections(under: limit, listeners: listeners) == connections)
    }

    @Test func `the limit of open files is raised as far as it goes, once`() throws {
        let limit = try #require(OpenFiles.raiseLimit())
        #expect(OpenFiles.raiseLimit() == limit)
    }
}

/// A parser under fuzz: its name, and what must hold for every input.
struct FuzzTarget: Sendable {
    /// The name of its corpus, its dictionary and the argument of the program.
    let name: String
    /// Throws a ``FuzzFailure`` for what does not hold.
    let run: @Sendable (_ input: [UInt8]) throws -> Void

    /// Describes a target.
    init(_ name: String, _ run: @escaping @Sendable (_ input: [UInt8]) throws -> Void) {
        self.name = name
        self.run = run
    }
}

/// A property that did not hold.
struct FuzzFailure: Error, CustomStringConvertible {
    /// What should have held, with the values.
    let description: String
}

/// Throws when a property does not hold.
func require(_ holds: Bool, _ property: @autoclosure () -> String) throws {
    if !holds { throw FuzzFailure(description: property()) }
}

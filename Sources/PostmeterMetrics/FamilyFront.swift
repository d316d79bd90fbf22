/// How a view has an instrument record into another family: with some of its values left out, or into nothing.
struct FamilyFront: Sendable {
    /// Where the series are.
    let target: FamilyStorage
    let door: FamilyDoor
    /// Whether what is recorded goes nowhere.
    let isNothing: Bool
}

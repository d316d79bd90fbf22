import CPrimitives

// To be replaced by what the registry itself offers.
extension Gauge {
    package func add(_ amount: Double) {
        let old = Double(bitPattern: pm_shared_load(cell))
        set((old.isNaN ? 0 : old) + amount)
    }
}

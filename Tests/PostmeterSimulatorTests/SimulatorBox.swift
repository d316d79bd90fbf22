import Synchronization

@testable import PostmeterSimulator

/// Lets a fake collector stop the simulator that sends to it.
final class SimulatorBox: Sendable {
    private let simulator = Mutex<Simulator?>(nil)

    func hold(_ simulator: Simulator) {
        self.simulator.withLock { $0 = simulator }
    }

    func stop() {
        simulator.withLock { $0 }?.stop()
    }
}

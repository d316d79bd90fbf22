/// Lets other tasks run until a condition holds, or for so long that it never will.
func yielding(until condition: @autoclosure () -> Bool) async {
    for _ in 0..<10_000_000 {
        if condition() { return }
        await Task.yield()
    }
}

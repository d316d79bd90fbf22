/// Numbers as the table shows them.
enum NumberFormat {
    /// Three digits that mean something: `0.55`, `23.6`, `61,400`.
    static func figure(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        let places = value.magnitude < 10 ? 2 : value.magnitude < 100 ? 1 : 0
        return decimal(value, places: places)
    }

    /// A limit, without zeros that say nothing: `0.8`, `25`, `600,000`.
    static func limit(_ value: Double) -> String {
        decimal(value, places: value == value.rounded() ? 0 : 1)
    }

    private static func decimal(_ value: Double, places: Int) -> String {
        let scale = [1.0, 10, 100][places]
        let whole = Int((value.magnitude * scale).rounded())
        var text = grouped(whole / Int(scale))
        if places > 0 {
            let fraction = String(whole % Int(scale))
            text += "." + String(repeating: "0", count: places - fraction.utf8.count) + fraction
        }
        return value < 0 ? "-" + text : text
    }

    private static func grouped(_ number: Int) -> String {
        var text = ""
        for (place, digit) in String(number).reversed().enumerated() {
            if place > 0, place % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}

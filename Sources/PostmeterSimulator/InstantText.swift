internal import PostmeterModel

/// Instants as text, in the forms that the platforms send.
enum InstantText {
    /// To the millisecond: `2024-11-22T23:41:12.126Z`.
    static func milliseconds(_ time: UnixTime) -> String {
        "\(date(time))T\(clock(time)).\(digits(time.nanoseconds % 1_000_000_000 / 1_000_000, 3))Z"
    }

    /// To the microsecond: `2024-11-22T23:41:11.894719+00:00`.
    static func microseconds(_ time: UnixTime) -> String {
        "\(date(time))T\(clock(time)).\(digits(time.nanoseconds % 1_000_000_000 / 1_000, 6))+00:00"
    }

    /// To a tenth of a microsecond, west of Greenwich: `2024-11-22T19:41:11.8947190-04:00`.
    static func sevenDigits(_ time: UnixTime) -> String {
        let ahead: UInt64 = 4 * 3_600 * 1_000_000_000
        let local = UnixTime(nanoseconds: time.nanoseconds - min(ahead, time.nanoseconds))
        return "\(date(local))T\(clock(local)).\(digits(local.nanoseconds % 1_000_000_000 / 100, 7))-04:00"
    }

    private static func clock(_ time: UnixTime) -> String {
        let second = time.nanoseconds / 1_000_000_000 % 86_400
        return "\(digits(second / 3_600, 2)):\(digits(second / 60 % 60, 2)):\(digits(second % 60, 2))"
    }

    private static func date(_ time: UnixTime) -> String {
        // Counted from 0000-03-01, so that the leap day ends its year.
        let days = time.nanoseconds / 86_400_000_000_000 + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
    }

    private static func digits(_ number: UInt64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}

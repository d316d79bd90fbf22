package import PostmeterModel

/// Times as text: RFC 3339, and the ISO 8601 and SQL forms of it that platforms send.
///
/// Strict: `2024-11-22`, then `T`, `t` or one space, then `23:41:12`, then at most nine digits of a second
/// behind a dot or comma, then `Z`, `z` or an offset (`+00`, `-0330`, `+05:30`). Without an offset a time
/// names no instant and is refused. A leap second is the second after it.
package enum InternetTime {
    /// The instant; nil when the text is none, or one before 1970 or after 2553.
    package static func parse(_ text: UnsafeBufferPointer<UInt8>) -> UnixTime? {
        var reader = Reader(text: text)
        guard
            let year = reader.digits(4), reader.skip("-"), let month = reader.digits(2), reader.skip("-"),
            let day = reader.digits(2), reader.skip("T") || reader.skip("t") || reader.skip(" "),
            let hour = reader.digits(2), reader.skip(":"), let minute = reader.digits(2), reader.skip(":"),
            let second = reader.digits(2), let fraction = reader.fraction(), let offset = reader.offset(),
            reader.isAtEnd
        else { return nil }
        guard
            1970...2553 ~= year, 1...12 ~= month, 1...days(inMonth: month, year: year) ~= day,
            hour < 24, minute < 60, second < 61
        else { return nil }
        let local =
            (days(toYear: year, month: month) + day - 1) * 86_400 + hour * 3_600 + minute * 60 + second
        let seconds = local - offset
        guard seconds >= 0 else { return nil }
        return UnixTime(nanoseconds: UInt64(seconds) * 1_000_000_000 + UInt64(fraction))
    }

    /// The instant; nil when the text is none, or one before 1970 or after 2553.
    package static func parse(_ text: String) -> UnixTime? {
        var text = text
        return text.withUTF8 { parse($0) }
    }

    /// Days from 1970-01-01 to the first of the month, in the Gregorian calendar.
    private static func days(toYear year: Int, month: Int) -> Int {
        // Years that begin in March put the leap day at their end.
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }

    private static func days(inMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private struct Reader {
        let text: UnsafeBufferPointer<UInt8>
        var place = 0

        var isAtEnd: Bool { place == text.count }

        /// Exactly `count` digits.
        mutating func digits(_ count: Int) -> Int? {
            guard text.count - place >= count else { return nil }
            var value = 0
            for byte in text[place..<(place + count)] {
                guard 0x30...0x39 ~= byte else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            place += count
            return value
        }

        /// Goes past one character when it is the next.
        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard place < text.count, UInt32(text[place]) == character.value else { return false }
            place += 1
            return true
        }

        /// Nanoseconds of the second: 0 when there is no fraction, nil when it has more than nine digits.
        mutating func fraction() -> Int? {
            guard skip(".") || skip(",") else { return 0 }
            var value = 0
            var count = 0
            while place < text.count, 0x30...0x39 ~= text[place] {
                guard count < 9 else { return nil }
                value = value * 10 + Int(text[place] - 0x30)
                count += 1
                place += 1
            }
            while count < 9 {
                value *= 10
                count += 1
            }
            return value
        }

        /// Seconds east of Greenwich.
        mutating func offset() -> Int? {
            if skip("Z") || skip("z") { return 0 }
            let sign = skip("+") ? 1 : skip("-") ? -1 : 0
            guard sign != 0, let hours = digits(2), hours < 24 else { return nil }
            guard !isAtEnd else { return sign * hours * 3_600 }
            _ = skip(":")
            guard let minutes = digits(2), minutes < 60 else { return nil }
            return sign * (hours * 3_600 + minutes * 60)
        }
    }
}

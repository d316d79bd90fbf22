/// Writes a form in either of its encodings.
struct FormWriter {
    private var fields: [(name: String, value: String)] = []
    private let boundary: String

    init(boundary: String) {
        self.boundary = boundary
    }

    mutating func add(_ name: String, _ value: String) {
        fields.append((name, value))
    }

    /// As `multipart/form-data`, without the boundary that ends it, so that fields can be added.
    var multipart: SimulatedRequest {
        let parts = fields.map { Self.part($0.name, $0.value, boundary: boundary) }
        return SimulatedRequest(
            body: Array(parts.joined().utf8),
            contentType: "multipart/form-data; boundary=\(boundary)"
        )
    }

    /// As `application/x-www-form-urlencoded`.
    var encoded: SimulatedRequest {
        let pairs = fields.map { Self.escaped($0.name) + "=" + Self.escaped($0.value) }
        return SimulatedRequest(
            body: Array(pairs.joined(separator: "&").utf8),
            contentType: "application/x-www-form-urlencoded"
        )
    }

    /// A part of a multipart form.
    static func part(_ name: String, _ value: String, boundary: String) -> String {
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
    }

    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x20: bytes.append(UInt8(ascii: "+"))
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

import NIOHTTP1

/// A status line with headers, written as it stands: nothing is checked or completed.
struct ResponseHead {
    let status: Int
    var lines: [HeaderLine] = []

    init(_ status: Int) { self.status = status }

    mutating func add(_ name: String, _ value: String?) {
        guard let value else { return }
        lines.append(HeaderLine(name, value))
    }

    var bytes: [UInt8] {
        var bytes = Array("HTTP/1.1 \(status) \(ResponseHead.reason(status))\r\n".utf8)
        for line in lines {
            bytes += Array("\(line.name): ".utf8) + line.value + [0x0D, 0x0A]
        }
        return bytes + [0x0D, 0x0A]
    }

    static func reason(_ status: Int) -> String {
        HTTPResponseStatus(statusCode: status).reasonPhrase
    }
}

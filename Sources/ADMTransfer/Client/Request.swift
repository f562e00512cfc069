import ADMModel
import NIOCore
import NIOHPACK

/// One GET: where it goes and what it says.
struct Request: Sendable {
    /// What is asked for.
    let url: SourceURL
    /// The fields, without `Host`.
    var fields: [HeaderField]
    /// Whether the connection ends with the answer.
    var closes = false

    /// The request line and fields as HTTP/1.1 sends them (RFC 9112 §2).
    func head(over route: Route, into buffer: inout ByteBuffer) {
        let target = route.isForwarded ? url.string : url.target
        buffer.writeString("GET \(target) HTTP/1.1\r\nHost: \(route.authority())\r\n")
        for field in fields {
            if let bytes = field.latin1Value {
                buffer.writeString("\(field.name): ")
                buffer.writeBytes(bytes)
                buffer.writeString("\r\n")
            } else {
                buffer.writeString("\(field.name): \(field.value)\r\n")
            }
        }
        if route.isForwarded, let proof = route.proxy?.authorization {
            buffer.writeString("Proxy-Authorization: \(proof)\r\n")
        }
        if closes { buffer.writeString("Connection: close\r\n") }
        buffer.writeString("\r\n")
    }

    /// Whether HTTP/2 can carry it: its library sends text in UTF-8 alone.
    var isText: Bool { fields.allSatisfy { $0.isLatin1 != true } }

    /// The same as HTTP/2 sends it, with pseudo-fields (RFC 9113 §8.3.1).
    func fields(over route: Route) -> HPACKHeaders {
        let own = [
            (":method", "GET"), (":scheme", route.origin.scheme),
            (":authority", route.authority()), (":path", url.target),
        ]
        return HPACKHeaders(own + fields.map { ($0.canonicalName.canonical, $0.value) })
    }
}

extension SourceURL {
    /// Path and query, as a server is asked for them (RFC 9112 §3.2.1).
    var target: String {
        String(Substring(string.utf8.dropFirst(origin.description.utf8.count)))
    }
}

import ADMTestServer
import ADMTestSupport
import Foundation

extension LocalService {
    /// Runs a TLS server that misbehaves over HTTP/2 in one way and answers well over HTTP/1.1.
    ///
    /// Every file has the bytes `hello`. It waits for the first request of a connection before it begins.
    static func withHostileHTTP2<Result>(
        _ fault: HTTP2Fault,
        _ tls: TestServer.TLS,
        body: (LocalService) async throws -> Result
    ) async throws -> Result {
        let script = """
            import socket, ssl, struct, sys, threading
            port, certificate, key, fault = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            context.set_alpn_protocols(["h2", "http/1.1"])
            def frame(kind, flags, stream, payload):
                return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload
            head = frame(1, 4, 1, b"\\x88")
            floods = {
                "ping": (b"", frame(6, 0, 0, b"x" * 8) * 2000),
                "settings": (b"", frame(4, 0, 0, b"") * 2000),
                "priority": (b"", frame(2, 0, 1, struct.pack(">IB", 0, 1)) * 2000),
                "emptyData": (head, frame(0, 0, 1, b"") * 2000),
                "paddedData": (head, frame(0, 8, 1, b"\\x05" + b"\\0" * 5) * 2000),
                "reset": (b"", frame(3, 0, 1, struct.pack(">I", 8)) * 500),
                "continuation": (frame(1, 0, 1, b"\\x88"), frame(9, 0, 1, b"\\0\\1a\\1b" * 3000) * 5),
                "windowUpdate": (b"", frame(8, 0, 0, struct.pack(">I", 1)) * 2000),
                "unknown": (b"", frame(0xFA, 0, 0, b"x" * 16000) * 200),
                "hints": (b"", frame(1, 4, 1, b"\\x08\\x03103") * 500),
            }
            errors = {
                "badCompression": frame(1, 4, 1, b"\\xff\\xff\\xff\\xff\\xff\\xff"),
                "frameSize": frame(0, 0, 1, b"x" * 60000),
                "dataOnConnection": frame(0, 0, 0, b"x"),
                "plainText": b"HTTP/1.1 400 Bad Request\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "fieldBlock": frame(1, 0, 1, b"\\x88" + (b"\\0\\1a\\x7f\\xe1\\x1d" + b"v" * 3936) * 4)
                    + frame(9, 0, 1, (b"\\0\\1a\\x7f\\xe1\\x1d" + b"v" * 3936) * 4) * 12 + frame(9, 4, 1, b""),
                "settingsSize": frame(4, 0, 0, b"x" * 5),
                "windowOverflow": frame(8, 0, 0, struct.pack(">I", 0x7FFFFFFF)) * 2,
                "goAwayAndClose": frame(7, 0, 0, struct.pack(">II", 0, 0)),
            }
            # Answered on the stream of each request.
            answers = {
                "resetHTTP11Required": lambda stream: frame(3, 0, stream, struct.pack(">I", 13)),
                "resetRefused": lambda stream: frame(3, 0, stream, struct.pack(">I", 7)),
                "goAwayBelow": lambda stream: frame(7, 0, 0, struct.pack(">II", 0, 0)),
                "negativeStatus": lambda stream: frame(1, 5, stream, b"\\x08\\x02-1"),
                "hugeStatus": lambda stream: frame(1, 5, stream, b"\\x08\\x14" + b"9" * 20),
                "wordStatus": lambda stream: frame(1, 5, stream, b"\\x08\\x03abc"),
                "noStatus": lambda stream: frame(1, 5, stream, b"\\0\\1a\\1b"),
                "latin1Name": lambda stream: frame(1, 4, stream, b"\\x88\\0\\x13content-disposition"
                    + b"\\x19attachment; filename=caf\\xe9") + frame(0, 1, stream, b"hello"),
            }
            def answer(t, data):
                data = data.removeprefix(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n")
                while len(data) >= 9:
                    size = int.from_bytes(data[:3], "big")
                    if data[3] == 1: t.sendall(answers[fault](int.from_bytes(data[5:9], "big")))
                    data = data[9 + size:]
            def serve(c):
                try:
                    t = context.wrap_socket(c, server_side=True)
                    if t.selected_alpn_protocol() != "h2":
                        while t.recv(65536):
                            t.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nhello")
                        return
                    data = t.recv(65536); t.sendall(frame(4, 0, 0, b""))
                    if fault in answers:
                        while data: answer(t, data); data = t.recv(65536)
                        return
                    t.recv(65536)
                    if fault in errors:
                        t.sendall(errors[fault])
                        if fault == "goAwayAndClose": return t.close()
                        while t.recv(65536): pass
                    first, flood = floods[fault]
                    t.sendall(first)
                    while True: t.sendall(flood)
                except (OSError, ssl.SSLError): pass
            l = socket.socket(); l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            l.bind(("127.0.0.1", port)); l.listen(64)
            while True: threading.Thread(target=serve, args=(l.accept()[0],), daemon=True).start()
            """
        return try await LocalService.run("python3") { port in
            ["-c", script, "\(port)", tls.certificateFile, tls.keyFile, fault.rawValue]
        } body: {
            try await body($0)
        }
    }
}

/// What a server does wrong over HTTP/2.
enum HTTP2Fault: String, CaseIterable, Sendable {
    // Frames without progress and without end.
    case ping, settings, priority, emptyData, paddedData, reset, continuation, windowUpdate, unknown
    case hints
    // Errors of the connection (RFC 9113 §5.4.1), and streams that are sent elsewhere.
    case badCompression, frameSize, dataOnConnection, plainText, fieldBlock, settingsSize
    case windowOverflow, goAwayAndClose, resetHTTP11Required
    // Streams that the server did not begin with (RFC 9113 §8.7, §6.8).
    case resetRefused, goAwayBelow
    // Answers that are none.
    case negativeStatus, hugeStatus, wordStatus, noStatus
    // A field whose bytes the library replaces.
    case latin1Name
}

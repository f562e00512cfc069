import ADMTestSupport
import Foundation

extension LocalService {
    /// Runs a proxy that speaks HTTP and SOCKS 5 and connects to one port of 127.0.0.1, whatever host it is
    /// asked for, so that a test can use any name.
    static func withMappingProxy<Result>(
        to port: Int,
        body: (LocalService) async throws -> Result
    ) async throws -> Result {
        let script = """
            import socket, sys, threading
            def pump(a, b):
                try:
                    while data := a.recv(65536): b.sendall(data)
                except OSError: pass
                for s in (a, b):
                    try: s.shutdown(socket.SHUT_RDWR)
                    except OSError: pass
            def exactly(s, n):
                data = b""
                while len(data) < n:
                    part = s.recv(n - len(data))
                    if not part: raise OSError
                    data += part
                return data
            def serve(c):
                try:
                    first = exactly(c, 1)
                    if first == b"\\x05":
                        exactly(c, exactly(c, 1)[0]); c.sendall(b"\\x05\\x00")
                        kind = exactly(c, 4)[3]
                        exactly(c, {1: 4, 4: 16}.get(kind) or exactly(c, 1)[0]); exactly(c, 2)
                        answer = b"\\x05\\x00\\x00\\x01\\x7f\\x00\\x00\\x01\\x00\\x50"
                    else:
                        head = first
                        while not head.endswith(b"\\r\\n\\r\\n"): head += exactly(c, 1)
                        answer = b"HTTP/1.1 200 Connection established\\r\\n\\r\\n"
                    s = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
                    c.sendall(answer)
                    threading.Thread(target=pump, args=(c, s), daemon=True).start(); pump(s, c)
                except OSError: c.close()
            l = socket.socket(); l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            l.bind(("127.0.0.1", int(sys.argv[1]))); l.listen(64)
            while True: threading.Thread(target=serve, args=(l.accept()[0],), daemon=True).start()
            """
        return try await LocalService.run("python3") { own in
            ["-c", script, "\(own)", "\(port)"]
        } body: {
            try await body($0)
        }
    }
}

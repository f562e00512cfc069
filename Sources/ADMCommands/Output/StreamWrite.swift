import Glibc

/// Writes whole texts to a descriptor.
enum StreamWrite {
    /// Writes everything, in one write(2) if the descriptor takes it at once.
    ///
    /// - Returns: 0, or the `errno` of the write that failed.
    static func all(_ text: String, to descriptor: Int32) -> Int32 {
        all(Array(text.utf8), to: descriptor)
    }

    /// The same for bytes.
    static func all(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            var done = 0
            while done < bytes.count {
                let count = unsafe write(
                    descriptor,
                    unsafe bytes.baseAddress.map { unsafe $0 + done },
                    bytes.count - done
                )
                if count >= 0 {
                    done += count
                } else if errno == EAGAIN {
                    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = unsafe poll(&request, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
    }
}

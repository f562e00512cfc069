/// An answer that is sent byte by byte as it stands, whatever the request was.
package struct RawResponse: Sendable, Hashable {
    /// Everything that is sent, status line included.
    package var bytes: [UInt8]
    /// To which requests.
    package var trigger: FaultTrigger
    /// What follows the last byte.
    package var ending: Ending

    /// What follows the last byte.
    package enum Ending: Sendable, Hashable {
        /// The connection is closed.
        case close
        /// The connection is reset.
        case reset
        /// Silence until ``TestServer/release(_:)``; then the connection is closed.
        case stall
        /// The next request on the same connection is awaited.
        case keepAlive
    }

    /// Creates an answer.
    package init(bytes: [UInt8], _ trigger: FaultTrigger = .always, ending: Ending = .close) {
        self.bytes = bytes
        self.trigger = trigger
        self.ending = ending
    }

    /// Creates an answer that is UTF-8 text; line ends must be written as `\r\n`.
    package init(_ text: String, _ trigger: FaultTrigger = .always, ending: Ending = .close) {
        self.init(bytes: Array(text.utf8), trigger, ending: ending)
    }
}

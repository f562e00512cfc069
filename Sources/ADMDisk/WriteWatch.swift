import ADMSystem
import Glibc
import Synchronization

/// Notices that other programs had files open for writing (inotify(7)); one for a process.
///
/// adm keeps a part file open as long as it writes into it, so a process that closes it after writing is somebody
/// else. If watches are used up, nothing is noticed here.
final class WriteWatch: Sendable {
    static let shared = WriteWatch()

    /// How often others closed a file after writing.
    final class Count: Sendable {
        fileprivate let value = Atomic(0)

        /// Counts something else that must not have happened.
        func add() { value.add(1, ordering: .relaxed) }
    }

    /// A file that is watched.
    struct Place: Sendable {
        fileprivate let number: Int32
    }

    private struct State {
        var descriptor: Int32?
        var counts: [Int32: Count] = [:]
    }

    private let state = Mutex(State())

    private init() {}

    /// Begins to watch an open file, `path` being its name; nil if that is impossible.
    func begin(_ file: Descriptor, _ path: String, _ count: Count) -> Place? {
        state.withLock { state in
            let descriptor =
                state.descriptor ?? inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
            state.descriptor = descriptor
            guard descriptor >= 0 else { return nil }
            // The link leads to the file itself, whatever has its name now; a process that conceals its
            // memory may not use it.
            let link = "/proc/self/fd/\(file.number)"
            let wanted = UInt32(IN_CLOSE_WRITE)
            var number = unsafe inotify_add_watch(descriptor, link, wanted)
            if number < 0 {
                let flags = wanted | UInt32(IN_DONT_FOLLOW)
                number = unsafe inotify_add_watch(descriptor, path, flags)
            }
            guard number >= 0 else { return nil }
            state.counts[number] = count
            return Place(number: number)
        }
    }

    /// Ends the watch, unless the same file is watched again by another opening.
    func end(_ place: Place, _ count: Count) {
        state.withLock { state in
            guard let descriptor = state.descriptor, state.counts[place.number] === count else {
                return
            }
            state.counts[place.number] = nil
            _ = inotify_rm_watch(descriptor, place.number)
        }
    }

    /// How often others closed the file after writing, by now.
    func total(_ count: Count) -> Int {
        state.withLock { read(&$0) }
        return count.value.load(ordering: .relaxed)
    }

    private func read(_ state: inout State) {
        guard let descriptor = state.descriptor, descriptor >= 0 else { return }
        let size = MemoryLayout<inotify_event>.size
        // A watched file has no name in its events, so that all are of one size.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size * 64, alignment: 8)
        defer { unsafe buffer.deallocate() }
        while true {
            let length = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            guard length > 0 else { return }
            for offset in stride(from: 0, through: length - size, by: size) {
                let event = unsafe buffer.loadUnaligned(
                    fromByteOffset: offset,
                    as: inotify_event.self
                )
                if event.mask & UInt32(IN_Q_OVERFLOW) != 0 {
                    // Nobody knows whose events were lost.
                    for count in state.counts.values { count.add() }
                } else if event.mask & UInt32(IN_CLOSE_WRITE) != 0 {
                    state.counts[event.wd]?.add()
                }
            }
        }
    }
}

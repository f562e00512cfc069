import CADMSystem
import Foundation
import Testing

@Suite struct SystemCallTests {
    @Test(arguments: [[101, 33], [20, 5], [65_535, 1]])
    func `a terminal tells its size`(expected: [Int]) throws {
        typealias OpenTerminal =
            @convention(c) (
                UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>, UnsafeRawPointer?,
                UnsafeRawPointer?, UnsafePointer<UInt16>
            ) -> Int32
        let symbol = unsafe dlsym(nil, "openpty")
        let open = unsafe unsafeBitCast(symbol, to: OpenTerminal?.self)
        // struct winsize: rows come first.
        let shape = [UInt16(expected[1]), UInt16(expected[0]), 0, 0]
        var (outside, inside): (Int32, Int32) = (-1, -1)
        let answer = unsafe open?(&outside, &inside, nil, nil, shape)
        try #require(answer == 0)
        defer {
            close(outside)
            close(inside)
        }
        #expect(size(of: inside) == expected)
    }

    @Test func `what is no terminal has no size`() throws {
        try FileHandle(forReadingFrom: URL(fileURLWithPath: "/dev/null")).withDescriptor {
            #expect(size(of: $0) == nil)
        }
        #expect(size(of: -1) == nil)
    }

    @Test func `reading the mask does not change it`() throws {
        let first = adm_umask()
        #expect(adm_umask() == first)
        let printed = try ChildProcess.run(["sh", "-c", "umask"])
        let expected = UInt32(printed.filter(\.isNumber), radix: 8)
        #expect(first == expected)
    }

    private func size(of descriptor: Int32) -> [Int]? {
        var (columns, rows): (Int32, Int32) = (-1, -1)
        let answer = unsafe adm_terminal_size(descriptor, &columns, &rows)
        return answer == 0 ? [Int(columns), Int(rows)] : nil
    }
}

extension FileHandle {
    fileprivate func withDescriptor(_ body: (Int32) -> Void) {
        body(fileDescriptor)
        try? close()
    }
}

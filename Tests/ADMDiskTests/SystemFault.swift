import Foundation
import Glibc
import Testing

/// Makes system calls of the current thread fail, for the rest of the process.
///
/// For exit tests only: the process must be thrown away afterwards.
enum SystemFault {
    enum Call {
        case fdatasync
        case renameat2
        case linkat
        case flock

        var number: UInt64 {
            #if arch(x86_64)
            switch self {
            case .fdatasync: 75
            case .renameat2: 316
            case .linkat: 265
            case .flock: 73
            }
            #elseif arch(arm64)
            switch self {
            case .fdatasync: 83
            case .renameat2: 276
            case .linkat: 37
            case .flock: 32
            }
            #else
            #error("add the numbers of this processor's system calls")
            #endif
        }
    }

    /// Lets a call fail with an error number.
    static func inject(_ call: Call, _ code: Int32) throws {
        try filter(call, action: 0x0005_0000 | UInt64(code))
    }

    /// Runs a handler in the place of each call, which then seems to succeed.
    static func replace(_ call: Call, by handler: @escaping @convention(c) (Int32) -> Void) throws {
        signal(SIGSYS, handler)
        try filter(call, action: 0x0003_0000)
    }

    /// Lets the process open this many more descriptors.
    ///
    /// What the parent had open when it started this process may be open here too, with gaps.
    ///
    /// - Returns: The last one that was opened to fill the gaps; all of them stay open.
    static func leaveDescriptors(_ count: UInt) throws -> Int32 {
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        let highest = open.compactMap(Int32.init).max() ?? 0
        var last: Int32 = -1
        while last <= highest {
            last = unsafe Glibc.open("/dev/null", O_RDONLY)
            try #require(last >= 0)
        }
        try limit(RLIMIT_NOFILE, to: UInt(last) + 1 + count)
        return last
    }

    /// Installs a seccomp filter for one call (`man 2 seccomp`).
    private static func filter(_ call: Call, action: UInt64) throws {
        let instructions: [UInt64] = [
            instruction(0x20, value: 0),
            instruction(0x15, skipUnlessEqual: 1, value: call.number),
            instruction(0x06, value: action),
            instruction(0x06, value: 0x7FFF_0000),
        ]
        typealias Prctl = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
        // The header declares it variadic, which Swift cannot call.
        let symbol = unsafe dlsym(nil, "prctl")
        let prctl = unsafe unsafeBitCast(symbol, to: Prctl?.self)
        let answers = unsafe instructions.withUnsafeBytes { code -> [Int32?] in
            // struct sock_fprog: a 16-bit count, padding, a pointer.
            let program = [UInt(instructions.count), UInt(bitPattern: code.baseAddress)]
            return unsafe program.withUnsafeBytes { program in
                [
                    prctl?(38, 1, 0, 0, 0),
                    prctl?(22, 2, UInt(bitPattern: program.baseAddress), 0, 0),
                ]
            }
        }
        try #require(answers == [0, 0])
    }

    /// Ignores a signal.
    static func ignore(_ number: Int32) { _ = signal(number, SIG_IGN) }

    /// Lowers a limit of the process (`man 2 setrlimit`).
    static func limit(_ resource: __rlimit_resource, to value: UInt) throws {
        var limit = rlimit(rlim_cur: value, rlim_max: value)
        let answer = unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
        try #require(answer == 0)
    }

    private static func instruction(
        _ code: UInt64,
        skipUnlessEqual: UInt64 = 0,
        value: UInt64
    ) -> UInt64 {
        code | skipUnlessEqual << 24 | value << 32
    }
}

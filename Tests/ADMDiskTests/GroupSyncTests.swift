import ADMModel
import ADMTestSupport
import Foundation
import Testing

@testable import ADMDisk

/// Many files made durable together, each with an outcome of its own.
@Suite struct SharedSyncTests {
    @Test(arguments: [1, 3, 40])
    func `files that wait at the same time all become durable`(count: Int) async throws {
        try await Scratch.with { scratch in
            let parts = try (0..<count).map { try scratch.part("bytes of \($0)") }
            let group = GroupSync()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for (number, part) in parts.enumerated() {
                    tasks.addTask {
                        try await group.sync(part)
                        try await group.syncName(part) { () throws(Failure) in
                            try part.place(as: "f\(number)", replacing: false)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            for number in 0..<count { #expect(scratch.text("f\(number)") == "bytes of \(number)") }
        }
    }

    @Test func `a file that cannot get its name keeps no other from one`() async throws {
        try await Scratch.with { scratch in
            let parts = try (0..<20).map { try scratch.part("bytes of \($0)") }
            let group = GroupSync()
            let refused = await withTaskGroup(of: Int?.self) { tasks in
                for (number, part) in parts.enumerated() {
                    tasks.addTask {
                        do throws(Failure) {
                            try await group.sync(part)
                            try await group.syncName(part) { () throws(Failure) in
                                guard number % 3 > 0 else { throw Failure(.exists, "\(number)") }
                                try part.place(as: "f\(number)", replacing: false)
                            }
                            return nil
                        } catch { return error.code == .exists ? number : -1 }
                    }
                }
                return await tasks.reduce(into: [Int]()) { all, number in
                    if let number { all.append(number) }
                }
            }
            #expect(refused.sorted() == Array(stride(from: 0, to: 20, by: 3)))
            for number in 0..<20 where number % 3 > 0 {
                #expect(scratch.text("f\(number)") == "bytes of \(number)")
            }
        }
    }

    @Test(.enabled(if: MountedDisk.isAllowed, "mounting a file system is not permitted"))
    func `a disk that stands still holds up the files of no other disk`() async throws {
        try await Scratch.onDisk(of: "1m") { slow in
            try await Scratch.with { fast in
                let stuck = try slow.part("a")
                let free = try fast.part("b")
                let isMoving = DispatchSemaphore(value: 0)
                let sync = SyncRounds { items in
                    if items[0].part.identity == stuck.identity { isMoving.wait() }
                    return items.map { _ in .success(()) }
                }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await sync.sync(stuck) }
                    try await sync.sync(free)
                    isMoving.signal()
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func `D2 a file that lost bytes is refused although the others are safe`() async {
        await #expect(processExitsWith: .success) {
            try await Scratch.with { scratch in
                let parts = try (0..<30).map { _ in try scratch.part("bytes") }
                // Only that thread's calls fail.
                let thread = Thread {
                    try? SystemFault.inject(.fdatasync, EIO)
                    try? parts[7].sync()
                }
                thread.start()
                while !thread.isFinished { await Task.yield() }
                let sync = GroupSync()
                let refused = await withTaskGroup(of: Int?.self) { group in
                    for (number, part) in parts.enumerated() {
                        group.addTask {
                            do { try await sync.sync(part) } catch { return number }
                            return nil
                        }
                    }
                    return await group.reduce(into: [Int]()) { all, number in
                        if let number { all.append(number) }
                    }
                }
                #expect(refused == [7])
            }
        }
    }
}

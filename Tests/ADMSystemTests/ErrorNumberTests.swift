import ADMModel
import ADMSystem
import Glibc
import Testing

/// What an error number means to a person depends on whose file it is.
struct ErrorNumberTests {
    @Test(arguments: [Failure.Owner.download, .home, .caller])
    func `a full disk is told apart from every other error`(owner: Failure.Owner) {
        for number in [ENOSPC, EDQUOT] {
            let failure = Failure(Errno(number), "cannot write /x", of: owner)
            #expect(failure.code == .noSpace)
            #expect(failure.cause == Errno(number).text)
        }
        #expect(Failure(Errno(EACCES), "cannot write /x", of: owner).code == .storage)
    }

    @Test func `the advice fits the file`() {
        let hint = { Failure(Errno(EACCES), "cannot write /x", of: $0).hint }
        #expect(hint(.download)?.contains("--dir") == true)
        #expect(hint(.home)?.contains("--dir") == false)
        #expect(hint(.caller) == nil)
        let better = Failure(Errno(EACCES), "cannot write /x", of: .home, hint: "ask somebody")
        #expect(better.hint == "ask somebody")
    }

    @Test func `a call that a signal interrupts is made again`() throws {
        var answers: [Int32] = [-1, -1, 7]
        let answer = try Errno.check { () -> Int32 in
            let next = answers.removeFirst()
            if next < 0 { errno = EINTR }
            return next
        }
        #expect(answer == 7)
        #expect(answers.isEmpty)
    }
}

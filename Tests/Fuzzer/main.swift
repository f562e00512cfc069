import FuzzTargets
import Glibc

/// What libFuzzer runs: one reader, named by the variable `ADM_FUZZ_TARGET`, over and over.
enum Fuzzer {
    static let target: FuzzTarget = {
        let name = unsafe getenv("ADM_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
        if let match = FuzzTarget.all.first(where: { $0.name == name }) { return match }
        print("ADM_FUZZ_TARGET names none of \(FuzzTarget.all.map(\.name).joined(separator: " "))")
        exit(2)
    }()
}

/// Called by libFuzzer for every input; it takes a trap for a crash.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer keeps the bytes alive during the call.
    let input = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    do { try Fuzzer.target.check(input) } catch { fatalError("\(error)") }
    return 0
}

/// The main function of libFuzzer, which the one of this program hides.
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ check: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

var count = CommandLine.argc
var arguments = unsafe CommandLine.unsafeArgv
exit(unsafe runDriver(&count, &arguments, testOneInput))

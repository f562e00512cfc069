import ADMModel
import Foundation

/// A file that a ``TestServer`` offers: its address, its bytes and the way it is served.
package struct TestFile: Sendable {
    /// The path in the URL, from the slash on, without a query.
    package let path: String
    /// The length in bytes; up to 2⁶³ − 1, because nothing is stored.
    package var length: Int64
    /// What tells its bytes from those of other files.
    package var seed: UInt64
    /// Which version of the file it is: another version has other bytes and other validators.
    package var version = 0
    /// How it is served.
    package var behaviour: Behaviour

    /// Creates a file; a path without its leading slash gets one.
    package init(
        _ path: String,
        length: Int64,
        seed: UInt64 = 1,
        _ behaviour: Behaviour = Behaviour()
    ) {
        self.path = path.hasPrefix("/") ? path : "/" + path
        self.length = length
        self.seed = seed
        self.behaviour = behaviour
    }

    /// The bytes of the current version.
    package var body: TestBody {
        TestBody(seed: SplitMix64.mix(seed, UInt64(bitPattern: Int64(version))), length: length)
    }

    /// The entity tag of an answer, `answer` being a number that no other answer has.
    func entityTag(answer: Int) -> String? {
        let version = behaviour.versionMovesTag ? version : 0
        let tag = "\"\(String(seed, radix: 16))-\(version)\""
        switch behaviour.entityTag {
        case .strong: return tag
        case .weak: return "W/" + tag
        case .none: return nil
        case .changing: return "\"\(String(seed, radix: 16))-\(version)-\(answer)\""
        case .custom(let text): return text
        }
    }

    /// The `Last-Modified` of the current version.
    var lastModified: String? {
        guard let date = behaviour.lastModified else { return nil }
        let version = behaviour.versionMovesLastModified ? version : 0
        return HTTPDate(date.addingTimeInterval(Double(version) * 60)).text
    }
}

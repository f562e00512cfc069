import Foundation

/// The inputs of a target that are kept: what is usual, what is at the edge, what was once wrong.
struct Corpus: Sendable {
    /// One input.
    struct Seed: Sendable {
        /// The name of its file, which says what it is.
        let name: String
        /// Its bytes.
        let bytes: [UInt8]
    }

    /// The folder of all corpora.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Corpora")

    /// The inputs, by name.
    let seeds: [Seed]

    /// Reads the corpus of a target.
    ///
    /// - Throws: What reading files throws.
    init(of target: FuzzTarget) throws {
        let folder = Corpus.root.appendingPathComponent(target.name)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        seeds = try names.map { name in
            Seed(
                name: name,
                bytes: Array(try Data(contentsOf: folder.appendingPathComponent(name)))
            )
        }
    }

    /// What a target promised and did not keep: for each input, and for how many variants of it.
    ///
    /// The variants are the same in every run.
    func broken(by target: FuzzTarget, variants: Int) -> [String] {
        var problems: [String] = []
        let words = seeds.map(\.bytes)
        for (number, seed) in seeds.enumerated() {
            var variation = Variation(seed: UInt64(number), words: words)
            for round in 0...variants {
                let input = round == 0 ? seed.bytes : variation.next(of: seed.bytes)
                do { try target.check(input) } catch {
                    problems.append(
                        "\(target.name)/\(seed.name), variant \(round): \(error)\n"
                            + String(decoding: input.prefix(2000), as: UTF8.self).debugDescription
                    )
                    break
                }
            }
        }
        return problems
    }
}

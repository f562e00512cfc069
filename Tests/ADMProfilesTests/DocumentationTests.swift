import ADMModel
import ADMProfiles
import Foundation
import Testing

/// What `docs/profiles.md` says is so.
///
/// With `UPDATE_DOCS=1` the table of settings is written into the page instead of compared.
struct DocumentationTests {
    private static let page = "docs/profiles.md"

    /// A block of code with the words behind its opening fence.
    private struct Block {
        var words: [Substring]
        var line: Int
        var text: String
    }

    private func blocks() throws -> [Block] {
        var blocks: [Block] = []
        var open: Block?
        let lines = try Repository.text(DocumentationTests.page).components(separatedBy: "\n")
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("```") {
                if let block = open {
                    blocks.append(block)
                    open = nil
                } else {
                    let words = line.dropFirst(3).split(separator: " ")
                    open = Block(words: words, line: index + 1, text: "")
                }
            } else {
                open?.text += line + "\n"
            }
        }
        #expect(open == nil)
        return blocks
    }

    @Test func `every TOML block is right`() throws {
        let blocks = try blocks().filter { $0.words.first == "toml" }
        #expect(blocks.count >= 6)
        for block in blocks {
            let kind: ProfileFile.Kind = block.words.contains("config.toml") ? .config : .profile
            let place = "\(DocumentationTests.page) from line \(block.line)"
            let file = try ProfileFile.parse(text: block.text, path: place, kind: kind)
            #expect(!file.names.isEmpty)
            _ = try SettingsResolution.resolve(
                flags: [:],
                environment: ["HOME": "/home/u"],
                profile: kind == .profile ? file : nil,
                config: kind == .config ? file : nil
            )
        }
    }

    @Test func `the table of settings is the one of this version`() throws {
        let page = try Repository.text(DocumentationTests.page)
        let start = try #require(page.range(of: "<!-- begin settings -->\n")).upperBound
        let end = try #require(page.range(of: "<!-- end settings -->")).lowerBound
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" {
            let fresh = page[..<start] + SettingsPage.markdown() + page[end...]
            let file = Repository.root.appendingPathComponent(DocumentationTests.page)
            try fresh.write(to: file, atomically: false, encoding: .utf8)
        } else {
            #expect(
                page[start..<end] == SettingsPage.markdown()[...],
                "run: UPDATE_DOCS=1 swift test --filter DocumentationTests"
            )
        }
    }

    @Test func `the page names every template and links its file`() throws {
        let page = try Repository.text(DocumentationTests.page)
        for name in Templates.names {
            #expect(page.contains("| [`\(name)`](../profiles/\(name).toml) |"), "\(name)")
        }
    }

    @Test func `the page names every variable that is no setting`() throws {
        let page = try Repository.text(DocumentationTests.page)
        for name in SettingsResolution.otherVariables {
            #expect(page.contains("`\(name)`"), "\(name)")
        }
    }

    @Test func `the words of the sizes, rates and durations on the page are right`() throws {
        let settings = [
            ("min-segment-size", ["64 KiB", "1.5 GiB", "2M"]), ("limit-rate", ["2 MiB/s", "500k"]),
            ("retry-wait", ["30s", "1m30s", "500ms", "2h", "1d"]),
        ]
        let page = try Repository.text(DocumentationTests.page)
        for (name, words) in settings {
            for word in words {
                #expect(page.contains("`\"\(word)\"`"), "\(word)")
                _ = try ProfileEditor.set(name, to: [word], in: "")
            }
        }
    }
}

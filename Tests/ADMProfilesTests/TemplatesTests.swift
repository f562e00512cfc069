import ADMModel
import ADMProfiles
import Foundation
import Testing

/// The shipped templates, and files that stand on them.
struct TemplatesTests {
    private func settings(_ profile: String) throws -> EffectiveSettings {
        try SettingsResolution.resolve(
            flags: [:],
            environment: [:],
            profile: try ProfileFile.parse(text: profile, path: "p"),
            config: nil
        )
    }

    @Test func `every file of profiles is compiled in as it is`() throws {
        let directory = Repository.root.appendingPathComponent("profiles").path
        let files = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
        #expect(files == Templates.names.map { "\($0).toml" })
        for name in Templates.names {
            #expect(try Templates.text(name) == Repository.text("profiles/\(name).toml"))
        }
    }

    @Test(arguments: Templates.names)
    func `every template is right, says no directory, and explains each value`(name: String) throws
    {
        let text = try Templates.text(name)
        let file = try ProfileFile.parse(text: text, path: name)
        #expect(file.position(of: "directory") == nil)
        #expect(text.hasPrefix("# \(name): "))
        var explained = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#") { explained = true }
            if line.isEmpty { explained = false }
            #expect(line.isEmpty || explained, "\(line)")
            #expect(line.count <= 100)
        }
    }

    @Test func `each template changes something else`() throws {
        let all = try Templates.names.map { try settings("extends = '\($0)'").transfer }
        #expect(Set(all).count == Templates.names.count)
    }

    @Test func `default changes nothing`() throws {
        let plain = try settings("")
        let template = try settings("extends = 'default'")
        #expect(template.transfer == plain.transfer)
        #expect(template.entries == plain.entries)
    }

    @Test func `metered, bulk, archive and ci do what their names say`() throws {
        let metered = try settings("extends = 'metered'")
        #expect(metered.transfer.limitRate == Rate(ByteCount(1_048_576)))
        #expect(metered.maxConcurrent == 1)
        let bulk = try settings("extends = 'bulk'")
        #expect(bulk.maxConcurrent > 4)
        #expect(bulk.transfer.limitRate == Rate(ByteCount(0)))
        let archive = try settings("extends = 'archive'")
        #expect(archive.transfer.ifExists == .skip)
        #expect(archive.transfer.retry.limit > 100)
        let build = try settings("extends = 'ci'")
        #expect(build.transfer.ifExists == .overwrite)
        #expect(build.transfer.retry.limit < 5)
        #expect(build.progress == .plain)
        #expect(build.color == .never)
    }

    @Test func `default shows every key of a profile as a comment, with the built-in value`() throws
    {
        let text = try Templates.text("default")
        #expect(try ProfileFile.parse(text: text, path: "p").names.isEmpty)
        let lines = text.split(separator: "\n").filter { $0.contains(" = ") && $0.hasPrefix("# ") }
            .map { String($0.dropFirst(2)) }
        let file = try ProfileFile.parse(text: lines.joined(separator: "\n"), path: "p")
        #expect(file.names == Set(SettingsTable.keys(in: .profile).map(\.name)))
        // These have no value of their own that could be shown.
        let examples: Set = [
            "extends", "directory", "proxy", "no-proxy", "ca-file", "header", "credential-command",
            "credential-key-file", "bind-address",
        ]
        for setting in SettingsTable.keys(in: .profile) where !examples.contains(setting.name) {
            #expect(try file.value(of: setting.name) == setting.builtIn, "\(setting.name)")
        }
    }

    @Test func `a new profile stands on its template`() throws {
        for name in Templates.names {
            let text = try Templates.starter(extending: name)
            #expect(text.hasPrefix("#"))
            #expect(try settings(text).transfer == settings("extends = '\(name)'").transfer)
            let changed = try ProfileEditor.set("directory", to: ["/x"], in: text)
            #expect(try settings(changed).directory == "/x")
        }
        let problem = try failure { try Templates.starter(extending: "meterd") }
        #expect(problem?.code == .configuration)
        #expect(problem?.message == "there is no template \"meterd\"")
        #expect(problem?.hint == "did you mean metered?")
    }

    @Test func `a chain of templates ends, and a circle is an error`() throws {
        let top = try ProfileFile.parse(
            text: "\nextends = 'a'",
            path: "/p",
            checking: .structure
        )
        let chain = TemplateSet(["a": "extends = 'b'", "b": "extends = 'c'", "c": "quiet = true"])
        #expect(try chain.chain(below: top).map(\.name) == ["a", "b", "c"])

        let circle = TemplateSet(["a": "extends = 'b'", "b": "\n  extends = 'a'"])
        let problem = try failure { try circle.chain(below: top) }
        #expect(problem?.code == .configuration)
        #expect(problem?.message == "template b:2:3: the templates run in a circle: a → b → a")
        let itself = try failure { try TemplateSet(["a": "extends = 'a'"]).chain(below: top) }
        #expect(itself?.message == "template a:1:1: the templates run in a circle: a → a")

        let missing = try failure { try TemplateSet(["x": ""]).chain(below: top) }
        #expect(missing?.message == "/p:2:1: there is no template \"a\"")
        let lower = try failure {
            try TemplateSet(["a": "extends = 'ab'", "abc": ""]).chain(below: top)
        }
        #expect(lower?.message == "template a:1:1: there is no template \"ab\"")
        #expect(lower?.hint == "did you mean a?")
    }
}

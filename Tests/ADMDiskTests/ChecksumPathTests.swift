import ADMDisk
import ADMModel
import Testing

/// Which entry of a list is that of a file.
@Suite struct ChecksumPathTests {
    private static let right = String(repeating: "1a", count: 32)
    private static let wrong = String(repeating: "2b", count: 32)

    private func search(
        _ entries: String,
        _ file: String,
        list: String? = "https://h/images/SHA256SUMS",
        named name: String? = nil
    ) throws -> ChecksumList.Answer {
        let text = entries.replacing("R ", with: "\(Self.right) ").replacing(
            "W ",
            with: "\(Self.wrong) "
        )
        let place = try #require(FilePlace(try SourceURL(file), named: name))
        return ChecksumList(Array(text.utf8)).search(
            place,
            lists: try list.map { [try SourceURL($0)] } ?? []
        )
    }

    private func found() throws -> ChecksumList.Answer {
        .digest(try Checksum(.sha256, hex: Self.right))
    }

    @Test(arguments: [
        ("W ./netboot/gtk/mini.iso\nR ./netboot/mini.iso", "https://h/images/netboot/mini.iso"),
        ("R ./netboot/gtk/mini.iso\nW ./netboot/mini.iso", "https://h/images/netboot/gtk/mini.iso"),
        ("R mini.iso\nW netboot/mini.iso", "https://h/images/mini.iso"),
        ("W mini.iso\nR netboot/mini.iso", "https://h/images/netboot/mini.iso"),
        ("R ../mini.iso\nW mini.iso", "https://h/mini.iso"),
        ("R mini.iso", "https://h/v1/mini.iso"),
        ("R mini.iso", "https://h/images/deep/mini.iso"),
        ("R dist/mini.iso", "https://h/images/mini.iso"),
        ("R build/netboot/mini.iso\nW build/mini.iso", "https://h/images/netboot/mini.iso"),
        ("R /srv/images/netboot/mini.iso", "https://h/images/netboot/mini.iso"),
        ("R C:\\images\\mini.iso", "https://h/images/mini.iso"),
        ("R a//b/./mini.iso", "https://h/images/a/b/mini.iso"),
        ("R a b/mini.iso", "https://h/images/a%20b/mini.iso"),
        ("R a/mini.iso", "https://h/images/a%2Fmini.iso"),
        ("R ./x/mini.iso\nR ./y/mini.iso", "https://h/images/mini.iso"),
    ])
    func `an entry is that of the path seen from the list`(entries: String, file: String) throws {
        #expect(try search(entries, file) == found())
    }

    @Test(arguments: [
        ("W ./netboot/gtk/mini.iso\nR ./netboot/mini.iso", "http://mirror/debian/netboot/mini.iso"),
        ("R netboot/mini.iso\nW mini.iso", "http://mirror/x/netboot/mini.iso"),
        ("R mini.iso\nW netboot/mini.iso", "http://mirror/mini.iso"),
        ("R mini.iso", "http://mirror/a/b/mini.iso"),
    ])
    func `a list of another server counts by the end of the path`(
        entries: String,
        file: String
    ) throws {
        #expect(try search(entries, file) == found())
        #expect(try search(entries, file, list: nil) == found())
    }

    @Test(arguments: [
        ("W ./netboot/vmlinuz", "https://h/images/cdrom/vmlinuz"),
        ("W netboot/vmlinuz", "http://mirror/cdrom/vmlinuz"), ("W dist/x", "http://mirror/v1/x"),
        ("W ../x", "https://h/images/a/x"), ("W ../../../x", "https://h/images/x"),
    ])
    func `an entry of another directory is that of another file`(
        entries: String,
        file: String
    ) throws {
        guard case .elsewhere(let paths) = try search(entries, file) else {
            Issue.record("it was taken")
            return
        }
        #expect(paths == [String(entries.dropFirst(2))])
    }

    @Test(arguments: [
        ("R linux/tool\nW darwin/tool", "https://h/images/tool"),
        ("R tool\nW darwin/tool", "https://h/images/linux/tool"),
        ("R tool\nW tool", "https://h/images/tool"),
        ("R tool\nW x/tool", "http://mirror/y/tool"), ("R ./tool\nW tool", "https://h/images/tool"),
    ])
    func `what several entries may mean is said to be so`(entries: String, file: String) throws {
        guard case .ambiguous(let paths) = try search(entries, file) else {
            Issue.record("one was taken")
            return
        }
        #expect(Set(paths) == Set(entries.split(separator: "\n").map { String($0.dropFirst(2)) }))
    }

    @Test(arguments: [
        "W b.iso", "W build/out/y.iso", "W mini.iso.sig", "W xmini.iso", "W MINI.ISO", "",
    ])
    func `an entry of another name is nothing`(entries: String) throws {
        #expect(try search(entries, "https://h/images/mini.iso") == .nothing)
    }

    @Test func `a name that the server gives lies where its answer came from`() throws {
        #expect(try search("R mini.iso", "https://h/images/get?id=7", named: "mini.iso") == found())
        #expect(try search("R a/mini.iso", "https://h/images/a/get", named: "mini.iso") == found())
        #expect(try search("R mini.iso", "https://h/images/", named: "/etc/mini.iso") == found())
        let other = try search("W netboot/vmlinuz", "https://h/images/cdrom/get", named: "vmlinuz")
        #expect(other == .elsewhere(["netboot/vmlinuz"]))
        #expect(FilePlace(try SourceURL("https://h/images/")) == nil)
        #expect(FilePlace(try SourceURL("https://h/images/x"), named: "..") == nil)
    }

    @Test func `a digest without a name is that of any file, if it is the only one`() throws {
        #expect(try search("R ", "https://h/x") == found())
        #expect(try search("R -", "https://h/x") == found())
        #expect(try search("sha256: R \nsha256: W ", "https://h/x") == .ambiguous([]))
        #expect(try search("<html>not found</html>", "https://h/x") == .nothing)
    }
}

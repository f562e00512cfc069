import ADMDisk
import ADMModel
import ADMTransfer

/// Names of files that servers and URLs give.
let nameTargets = [
    FuzzTarget(text: "content-disposition") { text in
        let (first, rest) = text.firstLineAndRest
        guard let name = ContentDisposition.fileName(rest.isEmpty ? [first] : [first, rest]) else {
            return
        }
        try promise(!name.isEmpty, "the name is empty")
        try expectSafe(SafeName.fromHeader(name))
    },
    FuzzTarget(text: "url-name") { text in
        try expectSafe(SafeName.fromURLSegment(text))
        try expectSafe(SafeName.fromHeader(text))
        guard let name = try? SafeName.checkUserName(text) else { return }
        try promise(name, is: text, "a name that was given")
        try promise(isComponent(name), "\(name.debugDescription) is no name of a file")
    },
]

/// Sees that a name stays in its directory, shows what it is and is not changed by being read again.
private func expectSafe(_ name: String?) throws(BrokenPromise) {
    guard let name else { return }
    try promise(isComponent(name), "\(name.debugDescription) is no name of a file")
    try promise(name.utf8.count <= 240, "the name has \(name.utf8.count) bytes")
    try promise(
        !"-~.".contains(name.first ?? "-"),
        "\(name.debugDescription) begins like an option"
    )
    try promise(SafeName.fromHeader(name), is: name, "a safe name that is read again")
    for number in [2, 999] {
        let numbered = SafeName.numbered(name, number)
        try promise(
            isComponent(numbered) && numbered.utf8.count <= 255 && numbered != name,
            "number \(number) of \(name.debugDescription) is \(numbered.debugDescription)"
        )
    }
}

private func isComponent(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && !name.holdsControls
        && !name.unicodeScalars.contains { $0 == "/" || $0 == "\\" }
}

/// The directory that a path's last component lies in.
package enum ParentPath {
    /// The path without its last component; `/` or `.` at the end of the road.
    package static func of(_ path: String) -> String {
        let joined = path.utf8.split(separator: 0x2F).dropLast().map { Substring($0) }
            .joined(separator: "/")
        if path.utf8.first == UInt8(ascii: "/") { return "/" + joined }
        return joined.isEmpty ? "." : joined
    }
}

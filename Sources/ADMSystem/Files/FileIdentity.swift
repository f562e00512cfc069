/// What makes a file itself, whatever it is called: its file system and its number there.
package struct FileIdentity: Sendable, Hashable, Codable {
    /// The file system (`st_dev`), as a bit pattern that fits a database column.
    package var device: Int64
    /// The file's number on it (`st_ino`), as a bit pattern that fits a database column.
    package var inode: Int64

    /// Takes what was recorded.
    package init(device: Int64, inode: Int64) {
        self.device = device
        self.inode = inode
    }
}

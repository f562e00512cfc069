/// Which columns a line has, and how wide they are.
struct ProgressColumns: Sendable, Hashable {
    /// The file's name.
    var name: Int
    /// The bar; nil if there is no room for one.
    var bar: Int?
    /// Percent, or bytes if the length is not known and nothing else shows them.
    var amount: Int
    /// `bytes done/bytes in all`.
    var size: Int?
    /// Bytes a second.
    var speed: Int?
    /// Time to the end.
    var remaining: Int?
    /// Open connections.
    var connections: Int?

    /// Two spaces between columns.
    static let gap = 2

    /// Divides a terminal of `width` columns; the narrower it is, the fewer columns there are.
    init(width: Int, longestName: Int, showsBytesAlone: Bool) {
        connections = width >= 100 ? 7 : nil
        remaining = width >= 80 ? 6 : nil
        size = width >= 66 ? 17 : nil
        speed = width >= 34 ? 10 : nil
        amount = showsBytesAlone && size == nil ? 8 : 4
        let fixed = [amount, size, speed, remaining, connections].compactMap { $0 }
        var room = width - 1 - fixed.reduce(0) { $0 + ProgressColumns.gap + $1 }
        if width >= 50 {
            room -= ProgressColumns.gap
            let share = max(10, room * 2 / 5)
            // Short names leave their room to the bar, up to a length that still looks like one.
            let wanted = max(share, min(40, room - longestName))
            bar = wanted
            room -= wanted
        }
        name = max(1, min(room, longestName))
    }
}

import ADMModel

/// What connections fetch for each other until a server has let the other one in.
///
/// A link may be good for one request alone. So a connection reads on until a request for what lies behind
/// its part was accepted; what was refused is simply fetched by the connection that never stopped.
extension OpenConnections {
    /// Whether some connection reads on in place of others.
    var isLending: Bool { connections.values.contains { $0.stop != nil } }

    /// Lets a connection read on behind `stop` until another one was accepted there.
    mutating func lend(_ number: Int, from stop: Int64) { connections[number]?.stop = stop }

    /// Lets the only connection read on behind its next `piece` bytes until others were accepted there.
    ///
    /// - Returns: What is to be asked for; nil if there is nothing behind, or more than one connection.
    mutating func lendAll(behind piece: Int64) -> ByteRange? {
        guard connections.count == 1, let (number, connection) = connections.first,
            connection.stop == nil, let missing = connection.range?.missing,
            missing.end != .max, piece < missing.count
        else { return nil }
        lend(number, from: missing.start + piece)
        return ByteRange(missing.start + piece, missing.end)
    }

    /// The connection that reads on towards a byte that another one is asked for.
    func lender(of start: Int64) -> Int? {
        let lenders = connections.compactMap { number, connection -> (stop: Int64, number: Int)? in
            guard let stop = connection.stop, let range = connection.range, stop <= start,
                start < range.whole.end
            else { return nil }
            return (stop, number)
        }
        // The one that would have to stop last has lent what lies nearest.
        return lenders.max { $0 < $1 }?.number
    }

    /// Notes that a server accepted a connection: the one that read on in its place stops where it was to.
    ///
    /// - Returns: That connection, and where it stops; nil if none read on.
    mutating func accepted(_ number: Int) -> (lender: Int, stop: Int64)? {
        guard let lender = connections[number]?.lender, let stop = connections[lender]?.stop else {
            return nil
        }
        connections[lender]?.range?.cut(at: stop)
        connections[lender]?.stop = nil
        for (other, connection) in connections where connection.lender == lender {
            connections[other]?.lender = nil
        }
        return (lender, stop)
    }

    /// Notes the end of a connection: if all behind a lender's part was for it, the lender keeps that, but for
    /// what the ended one had lent to others, which the lender lends to them from now on.
    mutating func takeBackLoan(of connection: Connection, _ number: Int) {
        guard let lender = connection.lender, let range = connection.range?.whole,
            let stop = connections[lender]?.stop, range.start == stop,
            range.end == connections[lender]?.range?.whole.end
        else { return }
        connections[lender]?.stop = connection.stop
        for (other, borrower) in connections where borrower.lender == number {
            connections[other]?.lender = lender
        }
    }

    /// Lets connections whose answers hold what others were refused read all of it.
    ///
    /// - Parameter ranges: What nobody else fetches.
    /// - Returns: The connections that read further than before, and what those that do fetch now.
    mutating func carryOn(over ranges: [ByteRange]) -> (extended: [Int], kept: [ByteRange]) {
        var extended: [Int] = []
        var kept: [ByteRange] = []
        for number in connections.keys.sorted() {
            guard var range = connections[number]?.range else { continue }
            if connections[number]?.stop != nil {
                connections[number]?.stop = nil
            } else {
                guard range.extend(over: ranges) else { continue }
                connections[number]?.range = range
                extended.append(number)
            }
            kept.append(range.whole)
        }
        return (extended, kept)
    }
}

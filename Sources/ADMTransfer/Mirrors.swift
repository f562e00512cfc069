package import ADMModel

/// The servers that have the file: the one that was asked for, and its mirrors.
///
/// A pure value. One of them is the one whose answer says what the file is; the others may give parts
/// if a digest of the whole file finds out what does not belong to it.
package struct Mirrors: Sendable {
    private struct Source {
        let url: SourceURL
        var hasFailed = false
        var open = 0
    }

    private var sources: [Source]
    private var leader = 0

    /// The most mirrors that count.
    private static let limit = 16

    /// Begins with one of the servers; 0 is the one that was asked for.
    package init(_ url: SourceURL, _ mirrors: [SourceURL], leader: Int = 0) {
        sources = [Source(url: url)]
        add(mirrors)
        self.leader = leader % sources.count
    }

    /// The one whose answer says what the file is.
    package var url: SourceURL { sources[leader].url }

    /// Adds mirrors that a server named; those that are known, and unsafe ones beside a safe server, are
    /// left out.
    package mutating func add(_ urls: [SourceURL]) {
        for url in urls where sources.count <= Mirrors.limit {
            let isWeaker = url.origin.scheme != "https" && sources[0].url.origin.scheme == "https"
            guard !isWeaker, !sources.contains(where: { $0.url == url }) else { continue }
            sources.append(Source(url: url))
        }
    }

    /// Whether there are others beside the leader.
    package var hasOthers: Bool {
        sources.indices.contains { $0 != leader && !sources[$0].hasFailed }
    }

    /// Takes another leader because the present one failed.
    ///
    /// - Returns: Whether there is one.
    package mutating func failOver() -> Bool {
        sources[leader].hasFailed = true
        guard let next = sources.firstIndex(where: { !$0.hasFailed }) else { return false }
        leader = next
        return true
    }

    /// The source for another connection: the one with the fewest; nil for the leader.
    package mutating func takeOther() -> Int? {
        let usable = sources.indices.filter { !sources[$0].hasFailed }
        guard let least = usable.min(by: { sources[$0].open < sources[$1].open }) else {
            return nil
        }
        sources[least].open += 1
        return least == leader ? nil : least
    }

    /// The URL of a source.
    package func url(of source: Int) -> SourceURL { sources[source].url }

    /// A connection to a source has ended; nil for the leader's.
    package mutating func ended(_ source: Int?, hasFailed: Bool) {
        let index = source ?? leader
        sources[index].open = max(0, sources[index].open - 1)
        if hasFailed, index != leader { sources[index].hasFailed = true }
    }

    /// Nothing is open any more.
    package mutating func reset() { for index in sources.indices { sources[index].open = 0 } }
}

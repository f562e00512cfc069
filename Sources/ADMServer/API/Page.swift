import ADMDocuments
import ADMModel

/// A page of a list of jobs, and where the next one begins.
struct Page: Sendable {
    private var listing: JobListing
    /// The number after which the next page begins; nil if there is none.
    let next: Int64?

    /// Takes a list that has more than `limit` entries if there is another page.
    init(_ found: JobListing, limit: Int) {
        listing = found
        let numbers = (found.jobs.map(\.number) + found.unreadable.map(\.number)).sorted(by: >)
        guard numbers.count > limit else {
            next = nil
            return
        }
        let last = numbers[limit - 1]
        next = last
        listing.jobs.removeAll { $0.number < last }
        listing.unreadable.removeAll { $0.number < last }
    }

    /// The answer, with a link to the next page (RFC 8288).
    func reply(_ call: Call) -> Reply {
        var reply = Reply(ListedJobDocument.all(listing))
        guard let next else { return reply }
        let path = call.path
        let kept = call.query.split(separator: "&").filter {
            !$0.hasPrefix("cursor=")
        }
        let query = (kept.map(String.init) + ["cursor=\(next)"]).joined(separator: "&")
        reply.fields.append(("Link", "<\(path)?\(query)>; rel=\"next\""))
        return reply
    }
}

import ADMModel
import Foundation

/// The entity tag of a job (RFC 9110 §8.8.3): it changes with everything that can be changed, and not with progress.
enum EntityTag {
    /// The tag, in quotes.
    static func of(_ job: Job) -> String {
        let settings = job.request.settings.words.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)" }
        let parts =
            [
                job.id.description, job.state.rawValue, "\(job.request.priority)",
                "\(job.runAt.timeIntervalSince1970)", job.directory, job.request.fileName ?? "",
                job.destination ?? "", "\(job.attempts)",
            ] + job.tags + settings
        // FNV-1a of 64 bits: nobody gains by a collision but the one whose own change goes through.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for part in parts {
            for byte in part.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        }
        return "\"\(HexText.encode(hash))\""
    }

    /// Whether a field such as `If-Match` names a tag; `*` names every one.
    static func matches(_ field: String, _ tag: String) -> Bool {
        field.split(separator: ",").contains { entry in
            let entry = entry.filter { $0 != " " && $0 != "\t" }
            return entry == "*" || entry == tag
        }
    }
}

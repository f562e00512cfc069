import Foundation

/// What a server said about the version of a file, to tell later whether it is still the same.
public struct Validators: Sendable, Hashable, Codable {
    /// The entity tag as sent, with its quotes and a leading `W/` if it is weak (RFC 9110 §8.8.3).
    public var entityTag: String?
    /// The `Last-Modified` field as sent.
    public var lastModified: String?
    /// Whether `Last-Modified` was old enough when it was read to tell versions apart: at least one
    /// second before the answer's `Date` (RFC 9110 §8.8.2.2).
    public var lastModifiedIsStrong: Bool
    /// The whole length in bytes.
    public var length: Int64?

    /// Creates a record of what a server said.
    public init(
        entityTag: String? = nil,
        lastModified: String? = nil,
        lastModifiedIsStrong: Bool = false,
        length: Int64? = nil
    ) {
        self.entityTag = entityTag
        self.lastModified = lastModified
        self.lastModifiedIsStrong = lastModifiedIsStrong
        self.length = length
    }

    /// The entity tag if it is a strong one.
    public var strongTag: String? {
        guard let entityTag, entityTag.hasPrefix("\""), entityTag.hasSuffix("\""),
            entityTag.utf8.count >= 2
        else { return nil }
        return entityTag
    }

    /// The value for `If-Range`: a strong tag, else a strong date, else nothing (RFC 9110 §13.1.5).
    public var ifRange: String? { strongTag ?? (lastModifiedIsStrong ? lastModified : nil) }

    /// Whether bytes of two answers may be put together when both match these validators.
    public var canProveSameness: Bool { ifRange != nil }

    /// Whether an answer with `other` is certainly about the same bytes as these.
    ///
    /// A strong tag on both sides decides alone. Otherwise a strong date and the length must agree.
    public func proveSameness(with other: Validators) -> Bool {
        if let length, let theirs = other.length, length != theirs { return false }
        if let mine = strongTag { return other.strongTag == mine }
        if let entityTag, let theirs = other.entityTag, entityTag != theirs { return false }
        guard lastModifiedIsStrong, let lastModified else { return false }
        return other.lastModified == lastModified
    }

    /// What two answers say about each other's version.
    public enum Relation: Sendable, Hashable {
        /// Both are about the same bytes.
        case same
        /// They are about different bytes.
        case different
        /// Nothing tells.
        case unknown
    }

    /// Whether an answer with `other` is about the same version as these; lengths do not count.
    ///
    /// Strong tags decide alone. Otherwise any tag or date that differs tells two versions apart, and only a
    /// strong date proves that they are one.
    public func relation(to other: Validators) -> Relation {
        if let mine = strongTag, let theirs = other.strongTag {
            return mine == theirs ? .same : .different
        }
        if let mine = entityTag, let theirs = other.entityTag,
            Validators.opaque(mine) != Validators.opaque(theirs)
        {
            return .different
        }
        guard let mine = lastModified, let theirs = other.lastModified else { return .unknown }
        if mine != theirs { return .different }
        return lastModifiedIsStrong ? .same : .unknown
    }

    /// Whether an answer with `other` may be about the same bytes although its tag is another one, which some
    /// servers make for each answer: neither length nor date differs.
    ///
    /// Only a digest of the whole file can prove it.
    public func mayBeSame(as other: Validators) -> Bool {
        if let length, let theirs = other.length, length != theirs { return false }
        guard let lastModified, let theirs = other.lastModified else { return true }
        return lastModified == theirs
    }

    /// A tag without the sign that it is weak (RFC 9110 §8.8.3.2).
    private static func opaque(_ tag: String) -> Substring {
        tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...]
    }
}

import ADMModel
import CExpat

/// Takes what a document says, in its order.
protocol XMLHandler: AnyObject {
    /// An element begins.
    func begin(_ element: XMLElement) throws(Failure)
    /// Text between two tags; long text comes in several parts.
    func text(_ text: String)
    /// The element that began last ends.
    func end() throws(Failure)
}

/// The beginning of an element.
struct XMLElement {
    /// The name, with its namespace before a space if it has one.
    let name: String
    /// The attributes without a namespace.
    let attributes: [String: String]
    /// The line of the document that it stands on, counted from 1.
    let line: Int
}

/// Reads an XML document with expat.
///
/// A document type is refused: its only use is entities, which can be made to grow without
/// bounds or to read other files. So is what makes a parser of a few bytes keep many: deep nesting, very
/// long tags, and very many different names.
enum XMLReader {
    /// How deep elements may be nested, and how many different names there may be.
    fileprivate static let deepest = 100
    fileprivate static let mostNames = 1000
    /// How long a tag may be, in bytes; the document is read in steps of that size.
    private static let longestTag = 262_144

    /// Reads a whole document.
    ///
    /// - Throws: ``Failure`` with `usage` and the line if it is not well-formed XML; with `refused` if
    ///   it is beyond the bounds; what the handler throws.
    static func read(
        _ bytes: [UInt8],
        named source: String,
        into handler: any XMLHandler
    ) throws(Failure) {
        guard let parser = unsafe XML_ParserCreateNS(nil, XML_Char(bitPattern: 0x20)) else {
            throw Failure(.unclassified, "\(source) cannot be read: there is no memory for it")
        }
        defer { unsafe XML_ParserFree(parser) }
        let reading = unsafe Reading(handler, parser)
        try withExtendedLifetime(reading) { () throws(Failure) in
            unsafe XML_SetUserData(parser, Unmanaged.passUnretained(reading).toOpaque())
            unsafe listen(parser)
            var position = 0
            var status = XML_STATUS_OK
            repeat {
                let step = bytes[position..<min(position + longestTag, bytes.count)]
                position = step.endIndex
                status = unsafe step.withUnsafeBytes {
                    unsafe XML_Parse(
                        parser,
                        $0.bindMemory(to: CChar.self).baseAddress,
                        Int32($0.count),
                        position == bytes.count ? 1 : 0
                    )
                }
                // What follows the last whole tag is kept until its end comes.
                let waiting = position - Int(unsafe XML_GetCurrentByteIndex(parser))
                if status == XML_STATUS_OK, position < bytes.count, waiting > 2 * longestTag {
                    reading.refuse("a tag or comment is longer than \(longestTag) bytes")
                }
            } while status == XML_STATUS_OK && reading.failure == nil && position < bytes.count
            if let failure = reading.failure { throw failure }
            guard status == XML_STATUS_OK else {
                let reason = unsafe XML_ErrorString(XML_GetErrorCode(parser)).map {
                    unsafe String(cString: $0)
                }
                throw Failure(
                    .usage,
                    "\(source):\(unsafe XML_GetCurrentLineNumber(parser)): this is not an XML document",
                    hint: "a Metalink begins with <metalink xmlns=\"\(Metalink.namespace)\">",
                    cause: reason
                )
            }
        }
    }

    private static func listen(_ parser: XML_Parser) {
        unsafe XML_SetElementHandler(
            parser,
            { unsafe Reading.of($0)?.begin($1, $2) },
            { (data, _) in unsafe Reading.of(data)?.end() }
        )
        unsafe XML_SetCharacterDataHandler(parser) { unsafe Reading.of($0)?.text($1, $2) }
        unsafe XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
            unsafe Reading.of(data)?.refuseDocumentType()
        }
    }
}

/// What the callbacks of the parser work with; it does not outlive the parser.
@safe private final class Reading {
    private let handler: any XMLHandler
    private(set) var failure: Failure?
    private let parser: XML_Parser
    private var depth = 0
    private var names: Set<String> = []

    init(_ handler: any XMLHandler, _ parser: XML_Parser) {
        self.handler = handler
        unsafe self.parser = parser
    }

    static func of(_ data: UnsafeMutableRawPointer?) -> Reading? {
        unsafe data.map { unsafe Unmanaged<Reading>.fromOpaque($0).takeUnretainedValue() }
    }

    private var line: Int { Int(unsafe XML_GetCurrentLineNumber(parser)) }

    /// Nothing more is read after a failure.
    private func attempt(_ body: () throws(Failure) -> Void) {
        guard failure == nil else { return }
        do throws(Failure) { try body() } catch {
            failure = error
            _ = unsafe XML_StopParser(parser, XML_Bool(XML_FALSE))
        }
    }

    func begin(
        _ name: UnsafePointer<XML_Char>?,
        _ pairs: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?
    ) {
        guard let name = unsafe name else { return }
        var attributes: [String: String] = [:]
        var index = 0
        while let key = unsafe pairs?[index], let value = unsafe pairs?[index + 1] {
            attributes[unsafe String(cString: key)] = unsafe String(cString: value)
            index += 2
        }
        let element = XMLElement(
            name: unsafe String(cString: name),
            attributes: attributes,
            line: line
        )
        depth += 1
        guard depth <= XMLReader.deepest else {
            return refuse("elements are nested more than \(XMLReader.deepest) deep")
        }
        // The parser keeps each name for as long as it lives.
        names.insert(element.name)
        names.formUnion(attributes.keys)
        guard names.count <= XMLReader.mostNames else {
            return refuse("there are more than \(XMLReader.mostNames) different names")
        }
        attempt { () throws(Failure) in try handler.begin(element) }
    }

    func text(_ text: UnsafePointer<XML_Char>?, _ length: Int32) {
        guard let text = unsafe text, failure == nil else { return }
        let bytes = unsafe UnsafeRawBufferPointer(start: text, count: Int(length))
        handler.text(unsafe String(decoding: bytes, as: UTF8.self))
    }

    func end() {
        depth -= 1
        attempt { () throws(Failure) in try handler.end() }
    }

    func refuse(_ reason: String) {
        attempt { () throws(Failure) in
            throw Failure(
                .refused,
                "line \(line): \(reason)",
                hint: "a Metalink needs less; it is not read because it would take much memory"
            )
        }
    }

    func refuseDocumentType() {
        attempt { () throws(Failure) in
            throw Failure(
                .refused,
                "line \(line): the document has a document type",
                hint: "a Metalink needs none; it is not read because entities can do harm"
            )
        }
    }
}

import ADMModel
import Foundation

extension ServedFile {
    /// Decides an answer with bytes of the file.
    mutating func contentPlan(for request: ServerRequest, now: Date) -> ResponsePlan {
        let tag = file.entityTag(answer: answers)
        let asked = RangeRequest(header: request.header("range"), length: file.length)
        var content: Content
        switch granted(asked, for: request, tag: tag) {
        case .unsatisfiable:
            let total = HeaderLine("Content-Range", "bytes */\(file.length)")
            return statusPlan(416, for: request, now: now, headers: [total])
        case .whole:
            content = Content(status: 200, ranges: [ByteRange(0, file.length)])
        case .parts(let ranges):
            let shifted = ranges.map(shifted)
            let status = file.behaviour.ranges == .partialWithStatus200 ? 200 : 206
            content = Content(status: status, ranges: shifted)
            content.isPartial = true
            content.isMultipart = ranges.count > 1 || file.behaviour.ranges == .multipart
        }
        content.tag = tag

        var plan = ResponsePlan(status: content.status, head: [])
        if case .parts(let ranges) = asked { plan.askedRange = ranges.first }
        plan.parts = bodyParts(content)
        plan.ending = ending()
        plan.head = head(content, bodyLength: plan.bodyLength, request: request, now: now).bytes
        guard request.method == "GET" else {
            plan.parts = []
            return plan
        }
        plan.block = block()
        plan.corruptByte = file.behaviour.corruptByte
        plan.isChunked = file.behaviour.framing == .chunked
        plan.bytesPerSecond = file.behaviour.bytesPerSecond
        plan.start = content.isMultipart ? nil : content.ranges[0].start
        plan.interruption = nextInterruption(for: request, bodyLength: plan.bodyLength)
        return plan
    }

    private struct Content {
        var status: Int
        var ranges: [ByteRange]
        var isPartial = false
        var isMultipart = false
        var tag: String?

        init(status: Int, ranges: [ByteRange]) {
            self.status = status
            self.ranges = ranges
        }
    }

    private static let boundary = "adm-test-server-boundary"

    /// What of the asked range the server is willing to give.
    private func granted(
        _ asked: RangeRequest,
        for request: ServerRequest,
        tag: String?
    ) -> RangeRequest {
        switch file.behaviour.ranges {
        case .ignored, .refused, .announcedOnly: return .whole
        case .unsatisfiable: return request.header("range") == nil ? .whole : .unsatisfiable
        case .supported, .unannounced, .partialWithStatus200, .multipart: break
        }
        guard let condition = request.header("if-range") else { return asked }
        let isTag = condition.hasPrefix("\"") || condition.hasPrefix("W/")
        switch file.behaviour.ifRange {
        case .ignored: return asked
        case .dropsRangeForTag where isTag: return .whole
        case .dropsRangeForTag, .honoured:
            // A weak tag never matches here (RFC 9110 §13.1.5).
            let holds =
                isTag
                ? condition == tag && !condition.hasPrefix("W/")
                : condition == file.lastModified
            return holds ? asked : .whole
        }
    }

    private func shifted(_ range: ByteRange) -> ByteRange {
        guard case .servesShift(let shift) = file.behaviour.contentRange else { return range }
        let start = min(max(0, range.start + shift), file.length)
        return ByteRange(start, min(max(start, range.end + shift), file.length))
    }

    private func bodyParts(_ content: Content) -> [ResponsePlan.BodyPart] {
        guard content.isMultipart else { return content.ranges.map { .pattern($0) } }
        var parts: [ResponsePlan.BodyPart] = []
        for range in content.ranges {
            var text = "--\(ServedFile.boundary)\r\nContent-Type: application/octet-stream\r\n"
            if let field = contentRange(range) { text += "Content-Range: \(field)\r\n" }
            parts += [.literal(Array((text + "\r\n").utf8)), .pattern(range)]
            parts.append(.literal([0x0D, 0x0A]))
        }
        return parts + [.literal(Array("--\(ServedFile.boundary)--\r\n".utf8))]
    }

    private func contentRange(_ range: ByteRange) -> String? {
        let right = "bytes \(range.start)-\(range.end - 1)"
        switch file.behaviour.contentRange {
        case .right, .servesShift: return "\(right)/\(file.length)"
        case .claimsShift(let shift):
            return "bytes \(range.start + shift)-\(range.end - 1 + shift)/\(file.length)"
        case .total(let total): return "\(right)/\(total)"
        case .unknownTotal: return "\(right)/*"
        case .missing: return nil
        case .literal(let text): return text
        }
    }

    private func ending() -> ResponsePlan.Ending {
        switch file.behaviour.contentLength {
        case .right: break
        case .off(let bytes): return bytes > 0 ? .cut : .close
        case .literal: return .close
        }
        guard file.behaviour.framing != .untilClose else { return .close }
        return file.behaviour.connection == .keepAlive ? .keepAlive : .close
    }

    private func head(
        _ content: Content,
        bodyLength: Int64,
        request: ServerRequest,
        now: Date
    ) -> ResponseHead {
        let behaviour = file.behaviour
        var head = ResponseHead(content.status)
        if behaviour.sendsDate { head.add("Date", HTTPDate(now).text) }
        switch behaviour.ranges {
        case .supported, .announcedOnly, .partialWithStatus200, .multipart, .unsatisfiable:
            head.add("Accept-Ranges", "bytes")
        case .refused: head.add("Accept-Ranges", "none")
        case .unannounced, .ignored: break
        }
        head.add("ETag", content.tag)
        head.add("Last-Modified", file.lastModified)
        if content.isMultipart {
            head.add("Content-Type", "multipart/byteranges; boundary=\(ServedFile.boundary)")
        } else {
            head.add("Content-Type", behaviour.contentType)
            if content.isPartial { head.add("Content-Range", contentRange(content.ranges[0])) }
            head.add("Content-Digest", behaviour.contentDigest?(content.ranges[0]))
        }
        head.add("Repr-Digest", behaviour.reprDigest)
        head.add("Content-Disposition", behaviour.contentDisposition)
        head.add("Content-Encoding", behaviour.contentEncoding)
        addFraming(to: &head, bodyLength: bodyLength, request: request)
        head.lines += behaviour.headers
        if let padding = behaviour.padding {
            let value = String(repeating: "x", count: padding.valueLength)
            for line in 0..<padding.lines { head.add("X-Padding-\(line)", value) }
        }
        return head
    }

    private func addFraming(
        to head: inout ResponseHead,
        bodyLength: Int64,
        request: ServerRequest
    ) {
        switch file.behaviour.framing {
        case .chunked: head.add("Transfer-Encoding", "chunked")
        case .untilClose: break
        case .length:
            switch file.behaviour.contentLength {
            case .right: head.add("Content-Length", "\(bodyLength)")
            case .off(let bytes): head.add("Content-Length", "\(bodyLength + bytes)")
            case .literal(let text): head.add("Content-Length", text)
            }
        }
        let isClosing = file.behaviour.connection == .close || !request.wantsKeepAlive
        if isClosing || file.behaviour.framing == .untilClose { head.add("Connection", "close") }
    }
}

import ADMModel
import Foundation

/// The order in which a file's faults speak: raw bytes, method, required header, redirect,
/// concurrency, refusals, and only then the content.
extension ServedFile {
    /// Decides the whole answer to a request.
    mutating func answer(_ request: ServerRequest, now: Date) -> ResponsePlan {
        answers += 1
        var plan = decide(request, now: now)
        plan.latency = file.behaviour.latency
        plan.head = interimAnswers() + plan.head
        if !request.wantsKeepAlive, case .keepAlive = plan.ending { plan.ending = .close }
        return plan
    }

    private mutating func decide(_ request: ServerRequest, now: Date) -> ResponsePlan {
        if let raw = nextRawResponse(for: request) { return rawPlan(raw) }
        guard request.method == "GET" || request.method == "HEAD" else {
            return statusPlan(
                405,
                for: request,
                now: now,
                headers: [HeaderLine("Allow", "GET, HEAD")]
            )
        }
        if let required = file.behaviour.requiredHeader,
            request.header(required.name.lowercased()) != required.value
        {
            let challenge = HeaderLine("WWW-Authenticate", "Basic realm=\"adm test server\"")
            return statusPlan(required.status, for: request, now: now, headers: [challenge])
        }
        var token: String?
        if let redirection = file.behaviour.redirection {
            switch redirect(redirection, for: request, now: now) {
            case .answer(let plan): return plan
            case .serve(let used): token = used
            }
        }
        if let limit = file.behaviour.concurrencyLimit, running >= limit.answers {
            return statusPlan(limit.status, for: request, now: now)
        }
        if let refusal = nextRefusal(for: request) {
            return refusalPlan(refusal, for: request, now: now)
        }
        var plan = contentPlan(for: request, now: now)
        plan.token = token
        return plan
    }

    /// A short answer that is not the file.
    func statusPlan(
        _ status: Int,
        for request: ServerRequest,
        now: Date,
        headers: [HeaderLine] = [],
        body: String? = nil
    ) -> ResponsePlan {
        let text = Array((body ?? "\(status) \(ResponseHead.reason(status))\n").utf8)
        var head = ResponseHead(status)
        if file.behaviour.sendsDate { head.add("Date", HTTPDate(now).text) }
        head.lines += headers
        head.add("Content-Type", "text/plain; charset=utf-8")
        head.add("Content-Length", "\(text.count)")
        if !request.wantsKeepAlive { head.add("Connection", "close") }
        var plan = ResponsePlan(status: status, head: head.bytes)
        if request.method != "HEAD" { plan.parts = [.literal(text)] }
        return plan
    }

    private func rawPlan(_ raw: RawResponse) -> ResponsePlan {
        var plan = ResponsePlan(status: 0, head: raw.bytes)
        switch raw.ending {
        case .close: plan.ending = .close
        case .reset: plan.ending = .reset
        case .keepAlive: plan.ending = .keepAlive
        case .stall:
            plan.interruption = ResponsePlan.PlannedInterruption(offset: 0, effect: .stall)
            plan.ending = .close
        }
        return plan
    }

    private func refusalPlan(
        _ refusal: Refusal,
        for request: ServerRequest,
        now: Date
    ) -> ResponsePlan {
        var headers = refusal.headers
        switch refusal.retryAfter {
        case nil: break
        case .seconds(let seconds): headers.append(HeaderLine("Retry-After", "\(seconds)"))
        case .text(let text): headers.append(HeaderLine("Retry-After", text))
        case .date(let seconds):
            let date = now.addingTimeInterval(Double(seconds))
            headers.append(HeaderLine("Retry-After", HTTPDate(date).text))
        }
        return statusPlan(
            refusal.status,
            for: request,
            now: now,
            headers: headers,
            body: refusal.body
        )
    }

    private func interimAnswers() -> [UInt8] {
        file.behaviour.interimStatuses.flatMap { ResponseHead($0).bytes }
    }
}

import ADMModel
import ADMTestSupport
import Testing

@testable import ADMTransfer

/// A run against servers that exist only as numbers: no socket, no file, no clock.
///
/// It does what `Transfer` does with a ``TransferRun``, and writes down which bytes of which version lie where.
struct SimulatedTransfer {
    /// A body that arrives.
    struct Body {
        /// The byte after the last one that the server sends.
        let end: Int64
        let version: Int
    }

    /// Bytes in the part file.
    struct Write {
        let range: ByteRange
        let version: Int
    }

    /// A request under way.
    struct Line {
        let request: TransferRun.Request
        /// Whether its server has begun to answer.
        var isAnswered = false
        /// nil before the answer is accepted.
        var body: Body?
        /// The error with which it is to end.
        var end: (any Error)?
        /// What it fills; nil for the first request before its answer is accepted.
        var range: RangeProgress?
    }

    var run: TransferRun
    var servers: SimulatedServers
    var random: SeededGenerator
    var now = ContinuousClock.now
    var lines: [Int: Line] = [:]
    /// The bytes in the part file, in the order in which they were written.
    private(set) var content: [Write] = []
    /// How the run ended; nil while it runs.
    private(set) var result: Result<Int64, any Error>?

    init(_ plan: TransferPlan, _ servers: SimulatedServers, seed: UInt64) {
        self.servers = servers
        random = SeededGenerator(seed: seed)
        run = TransferRun(plan, at: now)
        content = plan.done.ranges.map { Write(range: $0, version: servers.version) }
        begin()
    }

    /// The versions of the file that the part file holds bytes of.
    var versions: Set<Int> { Set(content.map(\.version)) }

    /// The bytes that the part file holds.
    var written: SegmentMap { SegmentMap(content.map(\.range)) }

    // MARK: - Steps

    /// Lets one thing happen.
    mutating func step() {
        look()
        let numbers = lines.keys.sorted()
        guard let number = numbers.randomElement(using: &random), !random.chance(0.2) else {
            return tick()
        }
        guard let line = lines[number] else { return }
        if let error = line.end { return ended(number, .failure(error)) }
        if line.body == nil { answer(number) } else { progress(number) }
    }

    private mutating func tick() {
        now = now.advanced(by: .milliseconds(Int.random(in: 25...400, using: &random)))
        do {
            perform(try run.tick(at: now))
            addRequests()
        } catch { fail(error) }
    }

    private mutating func begin() {
        guard run.wholeFile == nil else { return finish() }
        let request = run.firstRequest()
        lines[request.number] = Line(request: request)
    }

    private mutating func addRequests() {
        look()
        for request in run.furtherRequests() {
            var line = Line(request: request)
            switch request.role {
            case .first: break
            case .part(let range, _), .mirror(let range): line.range = RangeProgress(range)
            }
            lines[request.number] = line
        }
    }

    /// One server answers, or breaks the connection.
    private mutating func answer(_ number: Int) {
        guard let request = lines[number]?.request else { return }
        guard let answer = servers.answer(request, &random) else {
            return ended(number, .failure(Failure(.network, "the connection broke")))
        }
        lines[number]?.isAnswered = true
        look()
        do {
            let facts = ResponseFacts(answer.head)
            switch request.role {
            case .first:
                let file = try run.firstAnswer(facts, url: request.url)
                // The part file is truncated before a byte of another version arrives.
                if !file.continues { content = [] }
                perform(try run.opened(number, at: now))
            case .part(let range, _):
                perform(try run.partAnswer(facts, url: request.url, range: range, number))
            case .mirror(let range):
                perform(try run.mirrorAnswer(facts, url: request.url, range: range, number))
            }
            guard let range = lines[number]?.range else { return }
            #expect(range.start == answer.start, "a body is written where it does not belong")
            lines[number]?.body = Body(end: answer.end, version: answer.version)
            if case .first = request.role, run.wantsConnections { addRequests() }
        } catch { ended(number, .failure(error)) }
    }

    /// Some bytes of a body arrive.
    private mutating func progress(_ number: Int) {
        guard let body = lines[number]?.body, var range = lines[number]?.range else { return }
        if random.chance(servers.breaks) {
            return ended(number, .failure(Failure(.network, "the connection broke")))
        }
        let most = min(body.end, range.end) - range.next
        let count = min(max(0, most), Int64.random(in: 1...4_194_304, using: &random))
        if count > 0 {
            content.append(
                Write(range: ByteRange(range.next, range.next + count), version: body.version)
            )
            range.next += count
            lines[number]?.range = range
        }
        if range.next >= body.end {
            ended(number, .success(()))
        } else if range.isFull {
            ended(number, .failure(RangeIsFull()))
        }
    }

    private mutating func ended(_ number: Int, _ result: Result<Void, any Error>) {
        look()
        let line = lines.removeValue(forKey: number)
        do {
            perform(try run.ended(number, filled: line?.range?.filled, result))
            if run.state.isComplete { return finish() }
            addRequests()
        } catch { fail(error) }
    }

    // MARK: - What is decided

    private mutating func look() {
        run.see(
            lines.map { number, line in
                OpenConnections.Sighting(
                    number: number,
                    next: line.range?.next,
                    answeredAfter: line.isAnswered ? servers.roundTrip : nil
                )
            }
        )
    }

    private mutating func perform(_ actions: [TransferRun.Action]) {
        for action in actions {
            switch action {
            case .fill(let number, let range): lines[number]?.range = RangeProgress(range)
            case .cut(let number, let end): lines[number]?.range?.cut(at: end)
            case .extend(let number): lines[number]?.range?.extend()
            case .end(let number, let error): lines[number]?.end = error
            case .limit: break
            }
        }
    }

    private mutating func finish() {
        collect()
        result = .success(run.state.total ?? -1)
    }

    private mutating func collect() {
        look()
        run.collect(lines.compactMapValues(\.range?.filled))
        lines = [:]
    }

    private mutating func fail(_ error: any Error) {
        collect()
        switch run.restart(after: error) {
        case .again: break
        case .elsewhere: _ = run.changeServer()
        case .fail(let error):
            result = .failure(error)
            return
        }
        begin()
    }
}

extension SeededGenerator {
    /// Whether something of this probability happens.
    mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < probability
    }
}

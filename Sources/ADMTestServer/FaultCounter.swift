/// A fault that some of the requests for a file have.
protocol TriggeredFault {
    /// Which requests have it.
    var trigger: FaultTrigger { get }
}

extension Refusal: TriggeredFault {}
extension RawResponse: TriggeredFault {}
extension ServedInterruption: TriggeredFault {}

/// Counts the requests that matched each fault of a list, and so knows which one is next.
struct FaultCounter {
    private var seen: [Int] = []

    /// Starts counting again, for a list of this length.
    mutating func start(_ count: Int) { seen = Array(repeating: 0, count: count) }

    /// Counts a request.
    ///
    /// - Parameters:
    ///   - faults: The list that was counted for.
    ///   - request: The request.
    ///   - length: The length of the file.
    ///   - effect: What a fault does to this request after this many others; nil if it has no place in
    ///     the answer, which is not counted then.
    /// - Returns: The effect of the first fault that applies to the request; nil if none does.
    mutating func next<Fault: TriggeredFault, Effect>(
        of faults: [Fault],
        for request: ServerRequest,
        length: Int64,
        effect: (Fault, _ seen: Int) -> Effect?
    ) -> Effect? {
        for (index, fault) in faults.enumerated()
        where fault.trigger.matches(request, length: length) {
            let count = seen[index]
            guard let effect = effect(fault, count) else { continue }
            seen[index] += 1
            if fault.trigger.applies(after: count) { return effect }
        }
        return nil
    }
}

/// A bar of a given width, its two ends included.
struct ProgressBar {
    /// Its columns, at least three.
    let width: Int
    /// Whether it may be made of block elements (U+2588 and following), which show eighths.
    let unicode: Bool

    private var inner: Int { max(1, width - 2) }

    /// A bar that is filled from the left; `fraction` is 0 … 1.
    func text(fraction: Double) -> String {
        let known = fraction.isFinite ? min(1, max(0, fraction)) : 0
        guard unicode else {
            let filled = Int(Double(inner) * known)
            return framed(
                String(repeating: "#", count: filled)
                    + String(repeating: "-", count: inner - filled)
            )
        }
        let eighths = Int(Double(inner * 8) * known)
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        let filled = String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
        return framed(filled.padded(to: inner))
    }

    /// A bar whose block runs to and fro, for a file whose length is not known.
    func text(movingAt frame: Int) -> String {
        let block = max(1, inner / 4)
        let way = inner - block
        let turn = max(1, 2 * way)
        let step = ((frame % turn) + turn) % turn
        let before = step <= way ? step : turn - step
        let (full, empty) = unicode ? ("█", " ") : ("#", "-")
        return framed(
            String(repeating: empty, count: before) + String(repeating: full, count: block)
                + String(repeating: empty, count: way - before)
        )
    }

    private func framed(_ text: String) -> String { unicode ? "▕\(text)▏" : "[\(text)]" }
}

import QRStandard

extension BlockLayout {
    /// The most wrong codewords that are corrected in a block; the smallest versions reserve some against misreading.
    func correctionCountMax(version: Int, level: QRLevel) -> Int {
        let reserved =
            switch (version, level) {
            case (1, .low): 3
            case (1, .medium), (2, .low): 2
            case (1, _), (3, .low): 1
            default: 0
            }
        return (checkCount - reserved) / 2
    }
}

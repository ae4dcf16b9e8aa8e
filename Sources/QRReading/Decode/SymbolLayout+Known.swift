import QRStandard
import Synchronization

extension SymbolLayout {
    /// Returns the layout of a version, computed at its first use: a process that reads one picture needs five layouts.
    static func of(version: Int) -> SymbolLayout {
        known[version - 1].load() ?? known[version - 1].storeIfNil(SymbolLayout(version: version))
    }

    private static let known = InlineArray<40, AtomicLazyReference<SymbolLayout>> { _ in AtomicLazyReference() }
}

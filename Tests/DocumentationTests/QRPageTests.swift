import Testing

@testable import QRDrawing
@testable import QRProofreading
@testable import QRReading
@testable import QRStandard

@Suite("The pages of QR codes")
struct QRPageTests {
    @Test("have every level")
    func levels() throws {
        let page = try Page("QRDrawing.docc/Drawing.md")
        #expect(try page.firstCells("The symbol") == QRLevel.allCases.map(\.rawValue))
    }

    @Test("have the limits of drawing and reading")
    func limits() throws {
        let drawing: [String: Int] = [
            "bytes of a payload": QRSymbol.payloadByteCountMax,
            "pixels of a module": QRSymbol.modulePixelsMax,
            "modules of the quiet zone": QRSymbol.quietZoneModules,
        ]
        #expect(try Page("QRDrawing.docc/Drawing.md").numbers("Limits") == drawing)
        let reading: [String: Int] = [
            "pixels of a picture": ImageLimits.pixelCountMax,
            "bytes of a picture file": ImageLimits.byteCountMax,
            "pixels of a side": ImageLimits.sideMax,
        ]
        #expect(try Page("QRReading.docc/Reading.md").numbers("Limits") == reading)
    }

    @Test("have every look in its order, with its reader and the size that it looks at")
    func looks() throws {
        let rows = try Page("QRReading.docc/Reading.md").table("Looks")
        #expect(rows.count == ScanPlan.steps.count)
        for (row, step) in zip(rows, ScanPlan.steps) {
            var reader: String
            switch step.look {
            case .geometry(_, let refined, let smoothed):
                reader = "geometry" + (refined ? ", refined" : "") + (smoothed ? ", smoothed" : "")
            case .zbar(let window): reader = window == nil ? "zbar, grey" : "zbar, thresholded"
            }
            if step.isInverted { reader += ", inverted" }
            var side = step.longSide.map { "\($0)" } ?? "up to \(ScanPlan.longSideMax)"
            if !step.onlyDownwards { side += " also upwards" }
            let parts = [2: "a half", 4: "a quarter", 8: "an eighth"]
            if let part = parts[step.divisor] { side = "\(part) of the picture's \(side)" }
            #expect(row["reader"] == reader)
            #expect(row["long side in pixels"]?.filter { $0 != "," } == side)
        }
        #expect(ScanPlan.freeStepCount == 2 && ScanPlan.looksForFurtherCodes == 3, "as the page says")
    }

    @Test("have every outcome of a picture")
    func outcomes() throws {
        let cases = [Scan.Outcome.codes, .noCode, .unreadable, .structuredAppend, .libraryMissing].map(\.rawValue)
        #expect(try Page("QRReading.docc/Reading.md").firstCells("What a picture gave") == cases)
    }

    @Test("have the looks that prove a drawn symbol")
    func selfReads() {
        // Drawing.md, "Proof".
        #expect(SelfRead.all.map { [$0.modulePixels, $0.tiltDegrees] } == [[3, 0], [8, 0], [5, 25]])
    }
}

import ArgumentParser
import CommandSupport
import Encoding
import Issuing

/// The options of an inquiry that is sent once, or of a list that is read in pages.
struct InquiryOptions: ParsableArguments {
    @OptionGroup var state: StateOptions
    @OptionGroup var result: ResultOptions

    /// Sends one request and prints its answer.
    func run(_ operation: IssuerOperation, _ body: JSONObject) async throws {
        do {
            result.print(try await state.access().perform(operation, .object(body)))
        } catch let error as OperationError {
            throw CommandError(error)
        }
    }

    /// Reads every page of a list, and prints its items, one a line.
    ///
    /// - Parameters:
    ///   - operation: returns one page.
    ///   - body: the request; `after` is added for each further page.
    ///   - items: the name of a page's list.
    ///   - note: takes each page before its items are printed.
    ///   - next: returns the next page's `after`, from this page and its last item.
    ///   - text: formats an item for people.
    /// - Throws: ``CommandError`` with the refusal's code.
    func list(
        _ operation: IssuerOperation, _ body: JSONObject, items: String, note: (_ page: JSONValue) -> Void = { _ in },
        next: (_ page: JSONValue, _ last: JSONValue) -> JSONValue?, text: (JSONValue) -> String
    ) async throws {
        do {
            let access = try state.access()
            var body = body
            while true {
                let page = try await access.perform(operation, .object(body))
                note(page)
                let values = page[items]?.array ?? []
                let lines = values.map { (result.json ? $0.encoded() : text($0)) + "\n" }
                StandardStream.output.write(lines.joined())
                guard let last = values.last, let after = next(page, last) else { return }
                body["after"] = after
            }
        } catch let error as OperationError {
            throw CommandError(error)
        }
    }
}

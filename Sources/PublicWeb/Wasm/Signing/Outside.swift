/// The work that the browser does for the module: signatures, unpacking, and reading tiles of the log.
///
/// The browser's own functions answer later, and the module's code runs through at once. So a piece of work that has no
/// answer yet becomes a question, and the run goes on with a stand-in; a run that asked a question has no result.
/// When the browser has answered, the same run starts again. It ends once every question has its answer, so a result
/// never rests on a stand-in.
package enum Outside {
    /// The kinds of work, by their numbers in a question's first byte.
    package enum Kind: UInt8 {
        /// One byte, 1 for a valid signature. The content is the algorithm's byte, the key's bytes after their count in
        /// one byte, 64 bytes of signature, and the message.
        case signature = 2
        /// The unpacked bytes of a zlib stream, after one byte 1; one byte 0 for a stream that is not sound.
        case unpack = 3
        /// The bytes of a tile of the log, after one byte 1; one byte 0 where there is none. The content is its path.
        case tile = 4
        /// SM3 of the content, which no browser answers.
        case sm3 = 5
    }

    /// The most questions of one run; a run stops to ask further ones, and asks them the next time.
    private static let questionCountMax = 4096
    /// The most bytes that the known answers and their questions may have; beyond it they are forgotten.
    private static let byteCountMax = 64 << 20

    nonisolated(unsafe) private static var answers = AnswerTable()
    /// The open questions, each with its kind in the first byte.
    nonisolated(unsafe) package private(set) static var questions: [[UInt8]] = []

    /// The answer, or nil; then the run has no result.
    package static func answer(_ kind: Kind, _ content: [UInt8]) -> [UInt8]? {
        let question = [kind.rawValue] + content
        if let known = unsafe answers.answer(to: question) { return known }
        if unsafe questions.count < questionCountMax, unsafe answers.ask(question) { unsafe questions.append(question) }
        return nil
    }

    /// Begins a run without open questions.
    package static func begin() {
        unsafe questions = []
        if unsafe answers.byteCount > byteCountMax { unsafe answers = AnswerTable() }
        unsafe answers.dropOpenQuestions()
    }

    /// Takes the answer to the question at `index`.
    package static func take(_ answer: [UInt8], at index: Int) {
        guard unsafe questions.indices.contains(index) else { return }
        unsafe answers.take(answer, to: questions[index])
    }
}

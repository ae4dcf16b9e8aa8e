/// Questions with their answers, in the order of the questions' bytes.
struct AnswerTable {
    private var entries: [(question: [UInt8], answer: [UInt8]?)] = []
    /// The bytes of the answers and of their questions.
    private(set) var byteCount = 0

    /// The answer; nil for an open or a new question.
    func answer(to question: [UInt8]) -> [UInt8]? {
        let place = place(of: question)
        return has(question, at: place) ? entries[place].answer : nil
    }

    /// Takes an open question; false where it is there already.
    mutating func ask(_ question: [UInt8]) -> Bool {
        let place = place(of: question)
        if has(question, at: place) { return false }
        entries.insert((question, nil), at: place)
        return true
    }

    mutating func take(_ answer: [UInt8], to question: [UInt8]) {
        let place = place(of: question)
        guard has(question, at: place) else { return }
        byteCount += question.count + answer.count
        entries[place].answer = answer
    }

    mutating func dropOpenQuestions() {
        entries = entries.filter { $0.answer != nil }
    }

    private func has(_ question: [UInt8], at place: Int) -> Bool {
        place < entries.count && entries[place].question == question
    }

    /// The first entry whose question is not before `question`.
    private func place(of question: [UInt8]) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].question.lexicographicallyPrecedes(question) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

// The one-file page: what is asked, and the ledger under it.
// All files of the page stand in one closure, in the order of export/scripts.py; snapshot.js starts them.
const NBSP = "\u00a0", NONE = "No rows under these filters. Clear a filter to see more."
const PRINTED = 500 // rows of a table
const FILES_ONLY = "Changes against earlier days are in the live dashboard."
let words, answers, metrics, doc, estimates
const state = { values: {}, first: null, last: null, step: "auto", top: "", page: "", campaign: "", sorts: {}, sought: {}, at: {}, notices: [] }

const make = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value
    else element.setAttribute(name, value)
  }
  element.append(...children)
  return element
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

const where = () => ({ ...state.values, first: state.first, last: state.last })
let views = new Map()
// The ledger under the question, some dimensions open again; made once for each question.
const under = (names = []) => {
  const opened = answers.without(where(), names), key = JSON.stringify(opened)
  if (!views.has(key)) views.set(key, answers.view(opened))
  return views.get(key)
}
const narrowed = name => state.values[name] ?? []
const say = (name, value, compact = false) => said(value, metrics[name].unit, metrics[name].digits, compact)
const missing = name => answers.dimensions[name].missing
const called = (row, name) => row[name] ?? missing(name)
const isRatio = name => metrics[name].ratio
const rupeesOf = (rows, name) => rows.reduce((sum, row) => sum + Math.round((row[name] ?? 0) * 100), 0) / 100

// Rows by columns as Polars sorts them: numbers or names by their place, nothing last.
const before = (a, b) => { // by code points, which is by bytes; JavaScript's own order is another
  const [x, y] = [[...a], [...b]]
  for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i].codePointAt(0) < y[i].codePointAt(0)
  return x.length < y.length
}
const sorted = (rows, keys) => [...rows].sort((a, b) => {
  for (const [name, down] of keys) {
    const x = a[name], y = b[name]
    if (x === y) continue
    if (x === null) return 1
    if (y === null) return -1
    return (typeof x === "string" ? before(x, y) : x < y) === down ? 1 : -1
  }
  return 0
})

const spanOf = () => {
  const { lo, hi } = words.span
  return lo ? [answers.dayOf(state.first ?? lo), answers.dayOf(state.last ?? hi)] : null
}
const stepNow = () => {
  if (state.step !== "auto") return state.step
  const span = spanOf()
  if (!span) return words.steps[0]
  const days = span[1] - span[0] + 1
  const fits = days <= 45 ? "day" : days <= 550 ? "week" : "month"
  return words.steps.includes(fits) ? fits : words.steps[0]
}

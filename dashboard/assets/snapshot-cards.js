// The one-file page: a card's sentence or why there is none, and marks that are patched and clicked.
const headOf = view => document.querySelector(`[data-view="${view.id}"] > .pane`).shadowRoot
const stand = (view, kind, sentence) => {
  view.said = { kind, sentence }
  later.push(() => tell(view))
}
// Words are written once all figures are patched: a figure asks for its styles, which must be found anew after every
// change of the page.
let later = []
const tell = view => {
  const { kind, sentence } = view.said, root = headOf(view)
  root.querySelector(".state")?.remove()
  root.querySelector(".say").textContent = kind ? NBSP : sentence
  if (kind) {
    const box = make("div", { className: `state ${kind}` }, make("p", { textContent: sentence }))
    root.append(box)
  }
  if (view.figure) {
    const aria = kind ? sentence : `${view.title}. ${sentence}`
    if (view.figure.html_attributes["aria-label"] !== aria) {
      view.figure.html_attributes = { ...view.figure.html_attributes, "aria-label": aria }
    }
  }
}

const SHADES = { // columns of a chart that are words, not numbers
  name: 1, full: 1, label: 1, value: 1, evens: 1, influencer: 1, tier: 1, festival: 1, category: 1, gender: 1,
  on_pale: 1, on_deep: 1,
}
const patch = (view, columns) => {
  const data = {}
  for (const [name, values] of Object.entries(columns)) {
    data[name] = SHADES[name] ? values : Float64Array.from(values, one => one ?? NaN)
  }
  view.source.data = data
  view.meant = view.picks.length ? columns[view.full ?? view.picks[0]].map((_, i) =>
    view.picks.map(pick => columns[view.full ?? pick][i])) : []
  const marked = view.meant.flatMap((mark, i) =>
    view.picks.every((name, j) => narrowed(name).includes(mark[j])) ? [i] : [])
  view.marked = marked
  if (!same(view.source.selected.indices, marked)) view.source.selected.indices = marked
}
const isEmpty = (rows, names) => names.every(name => rows.every(row => row[name] === null))

// A click on a mark narrows the page by what it stands for; a second opens it again.
const clicked = view => {
  const now = view.source.selected.indices, was = view.marked
  const changed = [...now.filter(i => !was.includes(i)), ...was.filter(i => !now.includes(i))].sort((a, b) => a - b)
  if (!changed.length) return
  const at = changed[0], mark = view.meant[at]
  if (!mark || !mark.every((value, j) => words.offered[view.picks[j]].includes(value))) {
    view.source.selected.indices = was
    return
  }
  view.picks.forEach((name, j) => {
    const chosen = narrowed(name)
    if (view.picks.length > 1) state.values[name] = was.includes(at) ? [] : [mark[j]]
    else if (chosen.includes(mark[j])) state.values[name] = chosen.filter(one => one !== mark[j])
    else state.values[name] = [...chosen, mark[j]]
  })
  changedQuestion()
}

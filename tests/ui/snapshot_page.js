// What the one-file page shows under each of several questions: key figures, chart columns, ranges, table cells, sentences.
states => {
  const { words, ask, leftOut, csv } = window.roiSnapshot
  const list = values => Array.from(values, one => typeof one === "number" && isNaN(one) ? null : one)
  const texts = (root, selector) => [...root.querySelectorAll(selector)].map(one => one.textContent)
  const seen = view => {
    if (view.kind === "kpis") {
      const root = document.querySelector(`[data-view="${view.id}"]`).shadowRoot
      const read = (selector) => texts(root, `.kpi ${selector}`)
      return { labels: read("h2"), values: read(".value"), notes: read(".note"), courses: view.cards.map(card => card.course) }
    }
    if (view.kind === "table") {
      const rows = [...view.box.querySelectorAll("tbody tr")].map(row => texts(row, "th, td"))
      const totals = texts(document.querySelector(`[data-view="${view.id}"] > .pane`).shadowRoot, ".totals b")
      return { csv: csv(view.id), said: view.said, heads: texts(view.box, "thead th"), rows, totals }
    }
    const data = Object.fromEntries(Object.entries(view.source.data).map(([name, values]) => [name, list(values)]))
    const range = ({ type, factors, start, end }) => type === "FactorRange" ? factors : [start, end]
    return { csv: csv(view.id), said: view.said, data, x: range(view.x), y: range(view.y), marked: view.source.selected.indices }
  }
  return states.map(({ values, first, last }) => {
    const found = {}
    for (const page of words.pages) {
      for (const view of page.views) view.printed = 1000
      ask(values, first, last, page.name)
      for (const view of page.views) if (view.kind !== "words") found[view.id] = seen(view)
    }
    const chips = document.querySelector(".chips > .pane").shadowRoot
    return { found, chips: texts(chips, "li b"), left: texts(chips, ".left-out"), asked: leftOut() }
  })
}

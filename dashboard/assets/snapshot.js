// The one-file page: filters, key figures, charts and tables that follow them, all answered in the page by evaluator.js.
// All text from data is set with textContent.
// ---------------------------------------------------------------- a change: the page in view first, others when opened
const DRAW = { kpis, bars, top, personas, scatter, timeline, table }
let question = 0
const draw = page => {
  if (page.drawn === question) return
  page.drawn = question
  for (const view of page.views) {
    ;(DRAW[view.kind] ?? estimates.kinds[view.kind])?.(view)
    if (view.turned) later.push(() => fillNumbers(view))
  }
  const words = later
  later = []
  for (const write of words) write()
}
const pageNow = () => words.pages.find(page => page.name === state.page) ?? words.pages[0]
const refresh = () => {
  views = new Map()
  question += 1
  draw(pageNow())
  chips()
  for (const [name, model] of Object.entries(controls)) {
    if (name === "period") model.value = state.first ? [state.first, state.last] : []
    else if (!same(model.value, narrowed(name))) model.value = [...narrowed(name)]
  }
}

// Whole pieces of weeks, where days were put together.
const pieces = () => {
  if (!words.coarse || !state.first) return
  const DAY = answers.dayOf, { week, month } = answers.truncate
  const begins = one => Math.max(week(one), month(one))
  let last = DAY(state.last)
  const of = begins(last)
  while (begins(last + 1) === of) last++
  state.first = answers.iso(begins(DAY(state.first)))
  state.last = answers.iso(last)
}
const changedQuestion = () => {
  state.notices = []
  pieces()
  write()
  refresh()
}

// ---------------------------------------------------------------- start
const unpack = async text => {
  const letters = atob(text), packed = new Uint8Array(letters.length)
  for (let i = 0; i < letters.length; i++) packed[i] = letters.charCodeAt(i)
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"))
  return new Response(stream).arrayBuffer()
}
const drawn = () => new Promise(resolve => {
  const look = () => {
    const one = window.Bokeh?.documents?.[0]
    if (one || !words.figures) resolve(one)
    else setTimeout(look, 5)
  }
  look()
})
const TABLES = ["table", "verdicts", "prospects"]
const isTable = view => TABLES.includes(view.kind)
const choose = view => {
  const host = make("div", { className: "choice" })
  host.attachShadow({ mode: "open" }).append(make("style", { textContent: words.choiceCss }), roiControls.choice({ model: view.choice }))
  document.querySelector(`[data-view="${view.id}"] > .pane`).after(host)
}
const equip = view => {
  view.picks ??= []
  if (view.models) {
    const model = id => doc.get_model_by_id(id)
    const { figure, source } = view.models
    view.figure = model(figure)
    view.source = model(source)
    view.x = view.figure.x_range
    view.y = view.figure.y_range
    view.moved = (view.moved ?? []).map(model)
    view.marked = []
    if (view.kind === "bars" || view.kind === "top") view.full = "full"
    if (view.picks.length) view.source.selected.properties.indices.change.connect(() => clicked(view))
  }
  if (isTable(view)) buildTable(view)
  if (isTable(view) || view.models) {
    headOf(view).addEventListener("click", event => {
      const button = event.target.closest("button")
      if (button?.dataset.table !== undefined) turn(view, button)
      else if (button?.dataset.export !== undefined) save(view)
    })
  }
  if (view.kind === "timeline") {
    for (const button of headOf(view).querySelectorAll("[data-step]")) {
      button.hidden = !["auto", ...words.steps].includes(button.dataset.step)
    }
    headOf(view).addEventListener("click", event => {
      const step = event.target.closest("[data-step]")?.dataset.step
      if (!step) return
      state.step = step
      changedQuestion()
    })
  }
  if (view.kind === "top") {
    view.choice = observed({ label: "Ranked by", options: view.offered.map(name => [name, metrics[name].label]), value: view.metric })
    view.choice.on("value", () => {
      const told = view.choice.value === view.offered[0] ? "" : view.choice.value
      if (told === state.top || view.choice.value === view.metric) return
      state.top = told
      changedQuestion()
    })
    choose(view)
  }
  if (view.kind === "estimate") {
    view.choice = observed({ label: view.label, options: [], value: "" })
    view.choice.on("value", () => {
      if (!view.choice.value || view.choice.value === view.shown) return
      state.campaign = view.choice.value
      changedQuestion()
    })
    choose(view)
  }
}

const start = async () => {
  words = JSON.parse(document.getElementById("words").textContent)
  const [bytes, found] = await Promise.all([unpack(document.getElementById("ledger").textContent), drawn()])
  doc = found
  answers = roiEvaluator(words.ledger, bytes)
  metrics = answers.metrics
  estimates = roiEstimates({ words, state, make, under, hold, stand, patch, fillTable, later: write => later.push(write) })
  for (const page of words.pages) page.views.forEach(equip)
  read()
  buildControls()
  refresh()
  showPage()
  addEventListener("popstate", arrived)
  addEventListener("hashchange", arrived)
  const printing = most => {
    for (const view of pageNow().views.filter(isTable)) { view.printed = most; fillTable(view) }
  }
  addEventListener("beforeprint", () => printing(PRINTED))
  addEventListener("afterprint", () => printing())
  document.documentElement.dataset.ready = "yes"
}

// For tests and for whoever wants to ask from the console: the answers, and the page under another question.
window.roiSnapshot = {
  get answers() { return answers },
  get words() { return words },
  ask: (values, first, last, page) => {
    Object.assign(state, { values, first, last, page: page ?? state.page })
    pieces()
    refresh()
    showPage()
  },
  leftOut: () => leftOut(),
  csv: id => csvOf(words.pages.flatMap(page => page.views).find(view => view.id === id)),
}
addEventListener("DOMContentLoaded", () => {
  start().catch(error => {
    document.querySelector("#failed").hidden = false
    throw error
  })
})

// The one-file page: filters in words, and the live dashboard's own controls.
const filtersSaid = (without = []) => {
  const active = answers.view(where()).active.filter(name => !without.includes(name))
  const said = active.map(name => [name, answers.dimensions[name].label, listing(narrowed(name), "or")])
  if (state.first) said.unshift(["period", "Period", period(answers.dayOf(state.first), answers.dayOf(state.last))])
  return said
}
const filtersSentence = without =>
  filtersSaid(without).map(([, label, text]) => `${label}: ${text}`).join("; ") || "No filters: everything is in view"
const chips = () => {
  const root = document.querySelector(".chips > .pane").shadowRoot
  const said = filtersSaid()
  const list = root.querySelector(".chips")
  list.replaceChildren(...said.map(([name, label, text]) => {
    const clear = make("button", { type: "button", textContent: "✕", "aria-label": `Clear ${label}` })
    clear.addEventListener("click", () => clearFilters(name))
    return make("li", {}, `${label} `, make("b", { textContent: text }), clear)
  }))
  if (said.length) {
    const all = make("button", { type: "button", textContent: "Clear all" })
    all.addEventListener("click", () => clearFilters())
    list.append(make("li", { className: "all" }, all))
  } else list.append(make("li", { className: "none", textContent: "No filters: everything is in view" }))
  for (const note of root.querySelectorAll(".left-out, .note")) note.remove()
  if (words.margins) root.append(make("p", { className: "note", textContent: words.margins }))
  for (const sentence of [...state.notices, ...leftOut()]) root.append(make("p", { className: "left-out", textContent: sentence }))
  document.querySelector("#heard").textContent = said.map(([, label, text]) => `${label}: ${text}`).join("; ") || "No filters"
}
const leftOut = () => {
  const { seen, missing } = under().leftOut()
  const whole = missing.reduce((sum, [, amount]) => sum + amount, seen)
  return missing.map(([what, amount]) => `${rupeesCompact(amount / 100)} of spend, ` +
    `${percent(whole ? amount / whole : null, 0)}, has no ${what} and is not in this view.`)
}
const clearFilters = name => {
  if (name === "period" || !name) state.first = state.last = null
  if (!name) state.values = {}
  else if (name !== "period") state.values[name] = []
  changedQuestion()
}

const controls = {}
const observed = values => {
  const heard = {}, model = { on: (name, call) => (heard[name] ??= []).push(call) }
  for (const name of Object.keys(values)) {
    Object.defineProperty(model, name, {
      get: () => values[name],
      set: value => {
        if (same(values[name], value)) return
        values[name] = value
        for (const call of heard[name] ?? []) call()
      },
    })
  }
  return model
}
const put = (place, render, model) => {
  const host = make("div", { className: "control" })
  host.attachShadow({ mode: "open" }).append(make("style", { textContent: words.controlCss }), render({ model }))
  place.append(host)
}
const buildControls = () => {
  const first = document.querySelector("#first"), more = document.querySelector("#more")
  const { lo, hi } = words.span
  const model = controls.period = observed({ label: "Period", lo: lo ?? "", hi: hi ?? "", value: [], named: words.named })
  model.on("value", () => {
    const [from, to] = model.value
    if ((from ?? null) === state.first && (to ?? null) === state.last) return
    state.first = from ?? null
    state.last = to ?? null
    changedQuestion()
  })
  put(first, roiControls.period, model)
  for (const name of words.filters) {
    if (!words.offered[name].length) continue
    const one = controls[name] = observed({ label: answers.dimensions[name].label, options: words.offered[name], value: [] })
    one.on("value", () => {
      if (same(one.value, narrowed(name))) return
      state.values[name] = [...one.value]
      changedQuestion()
    })
    put(words.firstFilters.includes(name) ? first : more, roiControls.pick, one)
  }
}

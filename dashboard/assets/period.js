// First and last day: two native date inputs, and quick choices counted back from the last day of the data.

const DAY = 86400000
const QUICK = [["30 days", 30], ["90 days", 90], ["All", 0]]

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value
    else element.setAttribute(name, value)
  }
  element.append(...children)
  return element
}

export function render({ model }) {
  const label = make("span", { className: "label" })
  const first = make("input", { type: "date" })
  const last = make("input", { type: "date" })
  const wrong = make("p", { className: "wrong", role: "alert", hidden: true })
  const quick = QUICK.map(([words, days]) => {
    const button = make("button", { type: "button" }, words)
    button.setAttribute("aria-label", days ? `Last ${days} days` : "All days")
    button.addEventListener("click", () => take(...span(days)))
    return { button, days }
  })

  // Periods by name: the last month and quarter that ended, festivals.
  const named = make("select", { "aria-label": "Period by name" })
  named.addEventListener("change", () => {
    const chosen = model.named[named.selectedIndex - 1]
    if (chosen) take(chosen[1], chosen[2])
  })
  const offer = () => {
    named.replaceChildren(make("option", { value: "" }, "By name …"),
      ...model.named.map(([words], at) => make("option", { value: String(at) }, words)))
    named.hidden = !model.named.length
  }

  const span = days => {
    if (!days || !model.hi) return ["", ""]
    const from = new Date(Date.parse(model.hi) - (days - 1) * DAY).toISOString().slice(0, 10)
    return [from < model.lo ? model.lo : from, model.hi]
  }

  const take = (from, to) => {
    const problem = from && to && from > to ? "The start is after the end." : ""
    wrong.textContent = problem
    wrong.hidden = !problem
    first.toggleAttribute("aria-invalid", Boolean(problem))
    if (!problem) model.value = from || to ? [from || model.lo, to || model.hi] : []
  }

  const show = () => {
    const [from, to] = model.value.length ? model.value : [model.lo, model.hi]
    label.textContent = model.label
    for (const [input, value, words] of [[first, from, "from"], [last, to, "to"]]) {
      input.min = model.lo
      input.max = model.hi
      input.value = value
      input.setAttribute("aria-label", `${model.label} ${words}`)
    }
    const at = model.named.findIndex(([, a, b]) => model.value.length && a === from && b === to)
    named.selectedIndex = at + 1
    for (const { button, days } of quick) {
      const pressed = String(span(days)) === String(model.value.length ? model.value : ["", ""])
      button.setAttribute("aria-pressed", String(pressed))
    }
  }

  const sent = () => {
    if (!first.value || !last.value) return // a date that is still being typed
    if (first.value === model.lo && last.value === model.hi) take("", "")
    else take(first.value, last.value)
  }

  for (const input of [first, last]) input.addEventListener("change", sent)
  for (const name of ["value", "lo", "hi", "label"]) model.on(name, show)
  model.on("named", () => { offer(); show() })
  offer()
  show()
  return make("div", {}, label,
    make("div", { className: "dates" }, make("label", {}, "From", first), make("label", {}, "To", last)),
    make("div", { className: "row", role: "group", "aria-label": "Quick choices" }, ...quick.map(q => q.button)), named, wrong)
}

// The one-file page: key figures, as dashboard/views/kpis.py has them.
const sparkline = course => {
  const values = course.filter(value => value !== null)
  if (values.length < 2) return null
  const low = smallest(values, Infinity), high = largest(values, -Infinity)
  const tall = 20 / ((high - low) || 1), apart = 91 / (values.length - 1)
  const points = values.map((value, at) => [(2 + at * apart).toFixed(1), (23 - (value - low) * tall).toFixed(1)])
  const svg = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag)
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    return element
  }
  const [x, y] = points.at(-1), root = svg("svg", { class: "spark", viewBox: "0 0 96 26", "aria-hidden": "true" })
  root.append(svg("path", { d: "M" + points.map(point => point.join()).join(" L") }), svg("circle", { cx: x, cy: y, r: 2.2 }))
  return root
}

const UNKNOWN = "how much did is not estimated yet"
const noteOf = (name, totals) => {
  const of = totals.rows[0]
  if (name === "revenue") {
    const orders = counted(of.orders ?? 0, "order"), returned = of.returned_revenue ?? 0, kept = of.revenue ?? 0
    return returned && returned + kept ? `${orders}; ${percent(returned / (returned + kept))} of sales returned` : orders
  }
  if (name === "spend") return of.cpo === null ? "" : `${say("cpo", of.cpo, true)} for each order`
  if (name === "roas") {
    if (of.roas === null) return "nothing was spent in this view"
    if (!(EVEN in of)) return `${of.roas >= 1 ? "above" : "below"} break-even, which is 1×`
    const even = of[EVEN]
    if (even === null || even <= 0) return "no gross profit in this view"
    return `${of.roas >= even ? "above" : "below"} break-even, ${times(even)} by gross margin`
  }
  if (name === "break_even_incrementality") {
    const share = of[name]
    if (share === null) return "no revenue in this view"
    return share > 1 ? "more was spent than came in, whatever its cause"
      : `of revenue must have come because of creators; ${estimates.rest ?? UNKNOWN}`
  }
  if (name === "break_even_incrementality_costed") {
    const share = of[name]
    if (share === null || share < 0) return "no gross profit in this view"
    return share > 1 ? "more was spent than is left of revenue after product cost, whatever its cause"
      : `of revenue must have come because of creators, product cost counted; ${estimates.rest ?? UNKNOWN}`
  }
  if (name !== "cac") return ""
  const fresh = counted(of.new_customers ?? 0, "new customer"), coverage = words.coverage
  return coverage === null || coverage === 1 ? fresh : `${fresh}; ${percent(1 - coverage)} of order rows name no customer`
}

const kpis = view => {
  const asked = under(), drawn = view.drawn.map(asked.known), even = same(drawn, view.drawn) ? [] : [EVEN]
  const totals = asked.ask([...new Set([...view.asked, ...drawn, ...even])]), step = stepNow()
  const course = sorted(asked.ask(drawn, [step]).rows.filter(row => row[step] !== null), [[step, false]])
  const incremental = estimates.card()
  const cards = drawn.map(name => {
    if (incremental && name in view.shorter) return incremental
    const refusal = totals.refused[name]?.split(". ")[0]
    return {
      label: view.shorter[name] ?? metrics[name].label, definition: metrics[name].definition,
      value: say(name, totals.rows[0][name], true), note: refusal || noteOf(name, totals),
      course: course.map(row => row[name]),
    }
  })
  const dues = asked.dues(step)
  cards.push({
    label: "Payable", definition: view.payable, value: rupeesCompact(words.owed ? null : dues.payable),
    note: words.owed || `${counted(dues.payouts, "payout")} open`, course: words.owed ? [] : dues.course,
  })
  view.cards = cards
  later.push(() => showCards(view))
}
const showCards = view => {
  const { cards } = view
  const root = document.querySelector(`[data-view="${view.id}"]`).shadowRoot
  const boxes = root.querySelectorAll(".kpi")
  cards.forEach((card, i) => {
    const box = boxes[i], set = (selector, text) => { box.querySelector(selector).textContent = text }
    set("h2", card.label)
    set(".tip p", card.definition)
    set(".value", card.value)
    set(".note", card.note)
    box.querySelector("summary").setAttribute("aria-label", `What ${card.label} means`)
    const spark = sparkline(card.course)
    box.querySelector(".foot").replaceChildren(...(spark ? [spark] : []))
  })
  root.querySelector(".against").textContent = FILES_ONLY
}

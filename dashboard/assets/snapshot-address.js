// The one-file page: what is looked at stands behind the # of its address.
let written = null
const write = () => {
  const pairs = new URLSearchParams()
  if (state.page && state.page !== words.pages[0].name) pairs.append("page", state.page)
  for (const name of words.filters) for (const value of narrowed(name)) pairs.append(name, value)
  if (state.first) { pairs.append("from", state.first); pairs.append("to", state.last) }
  if (state.step !== "auto") pairs.append("by", state.step)
  if (state.top) pairs.append("top-influencers", state.top)
  if (state.campaign) pairs.append("chosen-campaign", state.campaign)
  const open = !state.first && words.filters.every(name => !narrowed(name).length)
  if (open && (words.initial.first || Object.keys(words.initial.values).length)) pairs.append("all", "")
  written = pairs.toString()
  if (location.hash.slice(1) === written) return
  try { history.pushState({}, "", `#${written}`) } // the page stays where it is scrolled to
  catch { location.hash = written }
}
const isDay = text => { // a browser takes 31 February for a day of March
  const found = /^\d{4}-\d\d-\d\d$/.test(text ?? "") ? answers.dayOf(text) : NaN
  return !isNaN(found) && answers.iso(found) === text
}
const read = () => {
  const pairs = new URLSearchParams(location.hash.slice(1)), bad = []
  const quoted = text => `'${text.slice(0, 200)}'`
  state.page = pairs.get("page") ?? ""
  const by = pairs.get("by") ?? "auto", steps = ["auto", ...words.steps]
  state.step = steps.includes(by) ? by : "auto"
  if (state.step !== by) bad.push(`The link's ${words.called.by} was left out: ${quoted(by)} is none of ${steps.join(", ")}.`)
  state.top = pairs.get("top-influencers") ?? ""
  state.campaign = pairs.get("chosen-campaign") ?? ""
  const values = {}
  for (const name of words.filters) {
    const isThere = value => words.offered[name].includes(value), asked = [...new Set(pairs.getAll(name))]
    const kept = asked.filter(isThere)
    if (kept.length) values[name] = kept
    for (const value of asked.filter(value => !isThere(value))) {
      bad.push(`The link's ${words.called[name]} was left out: there is no ${quoted(value)} in this file.`)
    }
  }
  const [from, to] = [pairs.get("from"), pairs.get("to")], dated = isDay(from) && isDay(to) && from <= to
  if (!dated && (from ?? to) !== null) {
    bad.push("The link's period was left out: it takes a first and a last day such as 2026-03-31, the first before the last.")
  }
  const bare = !pairs.has("all") && !Object.keys(values).length && !dated
  state.values = bare ? structuredClone(words.initial.values) : values
  state.first = bare ? words.initial.first : dated ? from : null
  state.last = bare ? words.initial.last : dated ? to : null
  state.notices = bad
  pieces()
}
const showPage = () => {
  const now = pageNow()
  for (const section of document.querySelectorAll(".sheet")) section.hidden = section.dataset.of !== now.name
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.goto === now.name) link.setAttribute("aria-current", "page")
    else link.removeAttribute("aria-current")
  }
  document.querySelector("h1").textContent = now.title
  document.title = `${now.title} · ${window.roiTitle}`
  if (answers) draw(now)
}
const arrived = () => {
  if (location.hash.slice(1) === written) return showPage()
  written = location.hash.slice(1)
  read()
  refresh()
  showPage()
}
// The shell's own way of walking asks a server; here it is the address behind the #.
document.addEventListener("click", event => {
  const link = event.target.closest?.("nav a")
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
  event.preventDefault()
  event.stopPropagation()
  state.page = link.dataset.goto
  write()
  showPage()
  document.documentElement.classList.remove("drawer")
  document.querySelector(".menu").setAttribute("aria-expanded", "false")
  scrollTo(0, 0)
  document.querySelector("h1").focus({ preventScroll: true })
}, { capture: true })

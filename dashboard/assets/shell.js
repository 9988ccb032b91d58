// The page around the app: which page is shown, the drawer, light and dark.
// Runs in the head, before anything is drawn. Colours in figures are exchanged by hex (roiColours: light to dark).
(() => {
  "use strict"
  // Asked for before any figure is there: one that waits for its font is painted twice.
  document.fonts.forEach(face => face.load().catch(() => {}))
  const root = document.documentElement
  const system = matchMedia("(prefers-color-scheme: dark)")
  const toDark = window.roiColours
  const toLight = Object.fromEntries(Object.entries(toDark).map(([light, dark]) => [dark, light]))

  // ---------------------------------------------------------------- light and dark
  const stored = () => { try { return localStorage.getItem("roi-theme") } catch { return null } }
  const store = theme => { try { localStorage.setItem("roi-theme", theme) } catch { /* private window */ } }
  const theme = () => stored() ?? (system.matches ? "dark" : "light")
  const isDark = () => root.dataset.theme === "dark"

  const twin = (value, colours) => {
    if (typeof value === "string") return colours[value.toLowerCase()]
    if (Array.isArray(value) && value.length < 300) {
      const twins = value.map(one => typeof one === "string" ? colours[one.toLowerCase()] : undefined)
      return twins.some(one => one !== undefined) ? value.map((one, i) => twins[i] ?? one) : undefined
    }
    if (value && typeof value === "object" && typeof value.value === "string") {
      const found = colours[value.value.toLowerCase()]
      return found === undefined ? undefined : { ...value, value: found }
    }
  }

  const recolourModel = (model, colours) => {
    const changes = {}
    for (const property of model) {
      if (!/(color|palette)$/.test(property.attr)) continue
      let value
      try { value = model[property.attr] } catch { continue } // has no value yet
      const found = twin(value, colours)
      if (found !== undefined) changes[property.attr] = found
    }
    if (Object.keys(changes).length) model.setv(changes, { sync: false })
  }

  const repaint = view => {
    if (view?.model?.type === "Figure") view.request_paint?.()
    for (const child of view?.child_views ?? []) repaint(child)
  }

  const known = new WeakMap() // model -> the theme it is drawn in
  const recolour = () => {
    if (!window.Bokeh) return
    const dark = isDark(), colours = dark ? toDark : toLight
    for (const doc of Bokeh.documents) {
      for (const model of doc._all_models.values()) {
        if ((known.get(model) ?? false) === dark) continue
        recolourModel(model, colours)
        known.set(model, dark)
      }
    }
    for (const view of Bokeh.index.roots ?? []) repaint(view)
  }

  const applyTheme = () => {
    root.dataset.theme = theme()
    document.querySelector(".theme")?.setAttribute("aria-pressed", String(isDark()))
    recolour()
  }
  root.dataset.theme = theme()
  system.addEventListener("change", applyTheme)

  // ---------------------------------------------------------------- pages: real links, the address is the truth
  const links = () => [...document.querySelectorAll("nav a")]
  const page = () => {
    const asked = new URLSearchParams(location.search).get("page")
    const names = links().map(link => link.dataset.goto)
    return names.includes(asked) ? asked : names[0]
  }

  const show = () => {
    const name = page(), menu = document.querySelector(".export")
    for (const one of document.querySelectorAll(".page")) {
      one.inert = one.dataset.of !== name
      one.setAttribute("aria-hidden", String(one.inert))
      // On the menu alone: a variable that everything inherits would have everything laid out anew.
      menu?.style.setProperty(`--of-${one.dataset.of}`, one.inert ? "none" : "contents")
    }
    for (const link of links()) {
      if (link.dataset.goto === name) {
        link.setAttribute("aria-current", "page")
        document.querySelector("h1").textContent = link.textContent
        document.title = `${link.textContent} · ${window.roiTitle}`
      } else link.removeAttribute("aria-current")
    }
  }

  // A page that is opened may still show an older question (data-stale): it stands back until the server has answered.
  const section = () => document.querySelector(`.page[data-of="${page()}"]`)
  const fresh = (name, whole, changed) => {
    for (const one of document.querySelectorAll(".page")) {
      if (one.dataset.of === name) one.removeAttribute("aria-busy")
      else if (!changed) continue
      else if (one === section()) one.setAttribute("aria-busy", "true")
      one.toggleAttribute("data-stale", one.dataset.of !== name || !whole)
    }
    look() // a moment later: asking now where things are would lay the page out once more
  }
  const tell = () => {
    if (section()?.hasAttribute("data-stale")) section().setAttribute("aria-busy", "true")
    seen = ""
    document.dispatchEvent(new CustomEvent("roi:page", { detail: page() }))
  }

  // The server answers first what is in sight: it hears which rows of the page are.
  let seen = "", looking = 0
  const see = () => {
    const slot = section()?.querySelector("[data-root-id]")?.firstElementChild
    const rows = [...slot?.shadowRoot?.children ?? []].filter(one => one.matches(".row"))
    const at = rows.flatMap((row, i) => {
      const { top, bottom } = row.getBoundingClientRect()
      return bottom > 0 && top < innerHeight ? [i] : []
    })
    const now = at.length ? `${at[0]}-${at.at(-1)}` : ""
    if (!now || now === seen) return
    seen = now
    document.dispatchEvent(new CustomEvent("roi:see", { detail: now }))
  }
  const look = () => {
    clearTimeout(looking)
    looking = setTimeout(see, 120)
  }
  for (const kind of ["scroll", "resize"]) addEventListener(kind, look, { passive: true })

  const addressOf = name => {
    written()
    const address = new URL(location.href), rest = [...address.searchParams].filter(([key]) => key !== "page")
    const first = name === links()[0].dataset.goto ? [] : [["page", name]]
    address.search = new URLSearchParams([...first, ...rest])
    return address
  }

  const go = name => {
    const address = addressOf(name)
    if (address.href !== location.href) history.pushState({}, "", address)
    show()
    tell()
    drawer(false)
    document.querySelector("h1").focus({ preventScroll: true })
    scrollTo(0, 0)
  }

  // What is looked at stands in the address behind the page: a link to it opens the same view. It is written once the
  // change has been painted, for the browser takes its time over it.
  const HIDDEN_MS = 60 // nothing is painted in a tab that is not in view
  const waiting = []
  const put = (wanted, corrected) => {
    const now = new URLSearchParams(location.search), next = new URLSearchParams()
    if (now.has("page")) next.set("page", page())
    for (const [name, value] of new URLSearchParams(wanted)) next.append(name, value)
    if (next.toString() === now.toString()) return
    const address = new URL(location.href)
    address.search = next.toString()
    history[corrected ? "replaceState" : "pushState"]({}, "", address)
  }
  const written = () => { for (const one of waiting.splice(0)) put(...one) }
  const stand = (...one) => {
    waiting.push(one)
    requestAnimationFrame(() => setTimeout(written))
    setTimeout(written, HIDDEN_MS)
  }
  const query = () => {
    written()
    return new URLSearchParams(location.search).toString()
  }

  // ---------------------------------------------------------------- the drawer of a narrow screen
  const drawer = wanted => {
    const menu = document.querySelector(".menu")
    const was = root.classList.contains("drawer")
    root.classList.toggle("drawer", wanted)
    menu.setAttribute("aria-expanded", String(wanted))
    if (wanted) document.querySelector("nav a").focus()
    else if (was) menu.focus()
  }
  // Who tabs on, out of the drawer, is not left behind it.
  const leave = event => {
    if (!root.classList.contains("drawer") || event.target.closest("aside, .veil")) return
    root.classList.remove("drawer")
    document.querySelector(".menu").setAttribute("aria-expanded", "false")
  }

  // ---------------------------------------------------------------- Tabulator's missing roles and names
  const everywhere = (node, visit) => {
    for (const element of node.querySelectorAll("*")) {
      visit(element)
      if (element.shadowRoot) everywhere(element.shadowRoot, visit)
    }
  }
  const ROLES = {
    ".tabulator-tableholder": "rowgroup", ".tabulator-table": "presentation", ".tabulator-footer": "rowgroup",
    ".tabulator-footer-contents": "row", ".tabulator-paginator": "gridcell",
  }
  const nameTables = () => everywhere(document, element => {
    if (element.classList?.contains("bk-events")) element.tabIndex = -1 // a picture hears no keys
    if (!element.classList?.contains("tabulator")) return
    for (const [selector, role] of Object.entries(ROLES)) {
      for (const part of element.querySelectorAll(selector)) part.setAttribute("role", role)
    }
    element.querySelector(".tabulator-tableholder")?.setAttribute("aria-label", "Rows")
    for (const head of element.querySelectorAll(".tabulator-col.tabulator-sortable")) head.tabIndex = 0
  })
  // A table is sorted with Enter on the head of a column too.
  const sort = event => {
    const [head] = event.composedPath()
    if (event.key === "Enter" && head.matches?.(".tabulator-col.tabulator-sortable")) head.click()
  }

  // The rows follow the head that has the focus, and the columns that stand still do not cover it.
  const follow = event => {
    const [head] = event.composedPath()
    if (!head.matches?.(".tabulator-col:not(.tabulator-frozen)")) return
    const table = head.closest(".tabulator"), rows = table.querySelector(".tabulator-tableholder")
    const still = [...table.querySelectorAll(".tabulator-col.tabulator-frozen")]
    const covered = still.reduce((sum, one) => sum + one.offsetWidth, 0)
    const least = head.offsetLeft + head.offsetWidth - rows.clientWidth
    rows.scrollLeft = Math.min(Math.max(rows.scrollLeft, least), head.offsetLeft - covered)
    head.closest(".tabulator-header-contents").scrollLeft = rows.scrollLeft
  }

  // ---------------------------------------------------------------- start
  const arrive = () => {
    waiting.length = 0 // it was said of what has been left
    show()
    document.dispatchEvent(new CustomEvent("roi:address", { detail: location.search }))
    tell()
  }
  const visit = link => {
    written()
    const address = new URL(location.href)
    const now = address.searchParams, next = new URLSearchParams(link)
    for (const name of ["dataset", "only-here"]) if (now.has(name) && !next.has(name)) next.set(name, now.get(name))
    address.search = next.toString()
    if (address.href !== location.href) history.pushState({}, "", address)
    arrive()
  }
  window.roi = { go, page, fresh, query, stand, visit }
  addEventListener("popstate", arrive)
  addEventListener("focusin", leave)
  addEventListener("keyup", event => { if (event.key === "Tab") follow(event) })
  addEventListener("keydown", sort)
  addEventListener("keydown", event => { if (event.key === "Tab") nameTables() }, { capture: true }) // before it moves
  addEventListener("keydown", event => {
    if (event.key === "Escape" && root.classList.contains("drawer")) drawer(false)
  })
  // Before each colour of each label Bokeh asks the browser for the style of the figure, in case a style sheet names one,
  // and for the size of its letters. Ours name none, and the letters of a figure stay: asking was half of what painting cost.
  const plots = () => window.Bokeh?.Models.get("Plot")?.prototype.default_view?.prototype ?? {}
  let isBrisk = false
  const brisk = view => {
    for (const visual of view.visuals ?? []) {
      for (let kind = visual; kind; kind = Object.getPrototypeOf(kind)) {
        if (!Object.hasOwn(kind, "_get_css_value")) continue
        kind._get_css_value = () => ""
        isBrisk = true
        return
      }
    }
  }
  const sizes = new WeakMap()
  const sized = () => {
    const size = Object.getOwnPropertyDescriptor(plots(), "base_font_size")
    if (size) Object.defineProperty(plots(), "base_font_size", { ...size, get() {
      if (!sizes.has(this)) sizes.set(this, size.get.call(this))
      return sizes.get(this)
    } })
  }
  // A figure that stands in a box of another size before it has been laid out itself is an error to Bokeh, for which its
  // neighbours are not measured either. It is measured once it has been.
  const patient = () => {
    const view = plots()
    for (const step of ["_measure_layout", "_after_layout"]) {
      const does = view[step]
      if (does) view[step] = function () {
        if (!isBrisk) brisk(this)
        if (this.layout) does.call(this)
      }
    }
  }
  addEventListener("DOMContentLoaded", () => {
    patient()
    sized()
    show()
    applyTheme()
    // Opened in another tab, a page shows what is looked at here.
    const keep = event => {
      const link = event.target.closest("a")
      if (!link) return
      link.href = addressOf(link.dataset.goto).search || location.pathname
    }
    for (const kind of ["pointerover", "focusin"]) document.querySelector("nav").addEventListener(kind, keep)
    document.querySelector("nav").addEventListener("click", event => {
      const link = event.target.closest("a")
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
      event.preventDefault()
      go(link.dataset.goto)
    })
    document.querySelector(".theme").addEventListener("click", () => {
      store(isDark() ? "light" : "dark")
      applyTheme()
    })
    document.querySelector(".menu").addEventListener("click", () => drawer(!root.classList.contains("drawer")))
    document.querySelector(".veil").addEventListener("click", () => drawer(false))
  })

  // Figures that come later (a page built when the browser was idle) are drawn in light colours too.
  let models = 0, pending = 0
  const name = () => { for (const wait of [0, 200, 600, 1500]) setTimeout(nameTables, wait) } // tables take their time
  const watch = setInterval(() => {
    if (!window.Bokeh?.documents?.length) return
    clearInterval(watch)
    recolour()
    name()
    const doc = Bokeh.documents[0]
    doc.on_change(() => {
      if (doc._all_models.size === models || pending) return
      models = doc._all_models.size
      pending = setTimeout(() => { pending = 0; recolour(); name() }, 60)
    })
  }, 20)
})()

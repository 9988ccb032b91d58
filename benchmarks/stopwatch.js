// Times a change in the page: from the visitor's input to the frame that shows the last of what it set off in the window:
// what lies further down the page follows when it can. A change is over when a figure has been painted, the page in view
// stands back no longer, and 250 ms have passed without another paint or change of a pane. Where a page shows no figure,
// a change of a pane is enough.
(() => {
  "use strict"
  const QUIET = 250, PATIENCE = 30000
  let armed = false, began = 0, last = 0, paints = 0, awaited = 0

  // A message comes after the frame in whose callbacks it was sent: what was painted can be seen then.
  const afterThisFrame = note => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => { note(performance.now()); port1.close() }
    port2.postMessage(null)
  }
  // Whether something lies in the window, on the page in view. What is hidden among shown things takes no room.
  const isOpen = target => {
    for (let node = target; node; node = node.parentNode ?? node.host) if (node.inert) return false
    return true
  }
  const isSeen = target => {
    if (!isOpen(target)) return false
    let box = target
    while (box && !box.getBoundingClientRect) box = box.parentNode ?? box.host
    const { top, bottom } = box.getBoundingClientRect()
    return bottom > 0 && top < innerHeight
  }
  const seen = at => { last = at; awaited -= 1 }
  const painted = view => {
    if (!isSeen(view.el)) return
    paints += 1
    awaited += 1
    afterThisFrame(seen) // figures are painted in a frame's callbacks
  }
  const changed = records => {
    if (!armed) return
    awaited += 1
    requestAnimationFrame(() => {
      if (records.some(({ target }) => isSeen(target))) afterThisFrame(seen)
      else awaited -= 1
    })
  }

  const everywhere = function* (node) {
    for (const element of node.querySelectorAll("*")) {
      yield element
      if (element.shadowRoot) yield* everywhere(element.shadowRoot)
    }
  }
  const figuresIn = function* (views) {
    for (const view of views) {
      if (view?.model?.type === "Figure") yield view
      yield* figuresIn(view?.child_views ?? [])
    }
  }
  const figures = () => [...figuresIn(window.Bokeh?.index?.roots ?? [])].filter(view => view.is_displayed && isSeen(view.el))

  const watched = new WeakSet()
  const panes = new MutationObserver(changed)
  const sections = () => [...document.querySelectorAll("main > section")]
  const stands = () => sections().some(one => !one.inert && one.getAttribute("aria-busy") === "true")
  const watch = () => {
    for (const section of sections()) {
      if (watched.has(section)) continue
      watched.add(section)
      panes.observe(section, { attributes: true, attributeFilter: ["inert", "aria-busy"] })
    }
    for (const view of figuresIn(window.Bokeh?.index?.roots ?? [])) {
      if (watched.has(view)) continue
      watched.add(view)
      view.repainted.connect(() => painted(view))
    }
    for (const { shadowRoot } of everywhere(document.querySelector("main"))) {
      if (!shadowRoot || watched.has(shadowRoot)) continue
      watched.add(shadowRoot)
      panes.observe(shadowRoot, { childList: true, characterData: true, subtree: true })
    }
  }

  const start = event => { if (armed && !began) began = event.timeStamp }
  for (const kind of ["click", "input", "change"]) addEventListener(kind, start, { capture: true })

  const arm = () => {
    watch()
    began = last = paints = 0
    armed = true
  }
  const done = (least = 1) => new Promise((resolve, reject) => {
    const look = () => {
      const now = performance.now()
      if (began && last && paints >= least && !awaited && !stands() && now - last > QUIET) {
        armed = false
        resolve({ milliseconds: last - began, paints })
      } else if (began && now - began > PATIENCE) {
        armed = false
        reject(new Error("Nothing was painted after this input."))
      } else setTimeout(look, 20)
    }
    look()
  })

  // When the page can first be read: key figures have values, every visible figure has been painted.
  const isComplete = () => {
    if (!window.Bokeh?.documents?.[0]?.is_idle) return false
    const drawn = figures()
    if (!drawn.length || !drawn.every(view => view._render_count > 0)) return false
    const values = [...everywhere(document.querySelector("main"))].filter(one => one.matches(".kpi .value"))
    return values.length > 0 && values.every(one => one.textContent.trim())
  }
  const complete = () => new Promise(resolve => {
    const look = () => {
      if (isComplete()) afterThisFrame(at => resolve(performance.timeOrigin + at))
      else requestAnimationFrame(look)
    }
    look()
  })

  // Models in the document: it grows as long as pages are being built.
  const models = () => window.Bokeh.documents[0]._all_models.size

  // The middle of the first mark of the first figure that hears taps, on the screen.
  const mark = () => {
    for (const figure of figuresIn(window.Bokeh.index.roots)) {
      if (!isOpen(figure.el) || !figure.model.toolbar.tools.some(tool => tool.type === "TapTool")) continue
      for (const renderer of figure.model.renderers) {
        const glyph = figure.views.get_one?.(renderer)?.glyph
        const point = glyph?.data_size && glyph.get_anchor_point?.("center", 0, [0, 0])
        if (!point) continue
        figure.el.scrollIntoView({ block: "center" })
        const { left, top } = figure.el.getBoundingClientRect()
        return { x: left + point.x, y: top + point.y }
      }
    }
    return null
  }

  // How far things jumped that nobody had moved (the measure of web.dev), and with what an input moved.
  let unasked = 0, all = 0
  new PerformanceObserver(list => {
    for (const shift of list.getEntries()) {
      all += shift.value
      if (!shift.hadRecentInput) unasked += shift.value
    }
  }).observe({ type: "layout-shift", buffered: true })
  const shifts = () => ({ unasked, all })

  // What was sent over the network, compressed as it came, and when the first words could be seen.
  const loaded = () => ({
    bytes: ["navigation", "resource"].flatMap(kind => performance.getEntriesByType(kind))
      .reduce((sum, entry) => sum + entry.transferSize, 0),
    first: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
  })

  window.stopwatch = { arm, done, complete, models, mark, shifts, loaded, figures: () => figures().length }
})()

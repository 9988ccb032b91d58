// Times a change in the page: from the visitor's input to the frame that shows the last of what it set off.
// A change is over when a figure has been painted and 250 ms have passed without another paint or change of a pane.
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
  const seen = at => { last = at; awaited -= 1 }
  const painted = () => {
    paints += 1
    awaited += 1
    afterThisFrame(seen) // figures are painted in a frame's callbacks
  }
  const changed = () => {
    if (!armed) return
    awaited += 1
    requestAnimationFrame(() => afterThisFrame(seen))
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
  const figures = () => [...figuresIn(window.Bokeh?.index?.roots ?? [])].filter(view => view.is_displayed)

  const watched = new WeakSet()
  const panes = new MutationObserver(changed)
  const watch = () => {
    for (const view of figures()) {
      if (watched.has(view)) continue
      watched.add(view)
      view.repainted.connect(painted)
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
  const done = () => new Promise((resolve, reject) => {
    const look = () => {
      const now = performance.now()
      if (began && paints && !awaited && now - last > QUIET) {
        armed = false
        resolve({ milliseconds: last - began, paints })
      } else if (began && now - began > PATIENCE) {
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

  window.stopwatch = { arm, done, complete, models }
})()

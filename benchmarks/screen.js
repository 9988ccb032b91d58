// Put into the page: how long from an input event until the last figure or text of the page is painted.
// bench.begin(kinds) arms it for the next event; bench.result() is null until all has been quiet.
() => {
  const QUIET = 250
  let began = 0, last = 0, armed = null, paints = 0, texts = 0, pending = 0

  // A paint counts when its frame has been handed over: a task after the next animation frame.
  const seen = () => {
    if (!began) return
    pending += 1
    requestAnimationFrame(() => {
      const channel = new MessageChannel()
      channel.port1.onmessage = () => { last = performance.now(); pending -= 1; channel.port1.close() }
      channel.port2.postMessage(0)
    })
  }

  const isVisible = view => Boolean(view.el?.isConnected && view.el.getClientRects().length)
  const figures = () => {
    const found = []
    const walk = view => {
      if (view.model?.type === "Figure") found.push(view)
      for (const child of view.child_views ?? []) walk(child)
    }
    for (const root of Bokeh.index.roots ?? Object.values(Bokeh.index)) walk(root)
    return found
  }
  const wrapped = new WeakSet()
  const wrap = () => {
    for (const view of figures()) {
      if (wrapped.has(view)) continue
      wrapped.add(view)
      const repaint = view.repaint.bind(view)
      view.repaint = (...args) => {
        const answer = repaint(...args)
        if (isVisible(view)) { paints += 1; seen() }
        return answer
      }
    }
  }

  const observer = new MutationObserver(() => { texts += 1; seen() })
  const observe = node => {
    for (const element of node.querySelectorAll("*")) {
      if (!element.shadowRoot) continue
      observer.observe(element.shadowRoot, { childList: true, subtree: true, characterData: true })
      observe(element.shadowRoot)
    }
  }
  observe(document.querySelector(".page:not([hidden])"))
  wrap()

  const heard = event => {
    if (event.type !== armed) return
    armed = null
    began = event.timeStamp
    last = paints = texts = 0
  }
  for (const kind of ["input", "click"]) addEventListener(kind, heard, true)

  window.bench = {
    begin: kind => { wrap(); began = last = 0; armed = kind },
    result: () => {
      const since = performance.now() - (last || began + 1000)
      if (armed || !began || pending || since < QUIET) return null
      return { ms: last ? last - began : null, paints, texts }
    },
    figures: () => figures().filter(isVisible).length,
  }
}

// Sees into shadow roots: what the scripts of the browser tests begin with (walking.py).
const everywhere = function* (node) {
  for (const element of node.querySelectorAll("*")) {
    yield element
    if (element.shadowRoot) yield* everywhere(element.shadowRoot)
  }
}
const active = () => {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  return element
}
const isShown = element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  && element.getClientRects().length > 0
const nameOf = element => {
  const labels = (element.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean)
  const label = labels.map(id => element.getRootNode().getElementById(id)?.textContent ?? "").join(" ")
    || element.getAttribute("aria-label") || element.labels?.[0]?.textContent
  return (label || element.textContent || element.title || element.tagName).trim().replace(/\s+/g, " ")
}
const figuresIn = function* (views) {
  for (const view of views) {
    if (view?.model?.type === "Figure") yield view
    yield* figuresIn(view?.child_views ?? [])
  }
}
const figures = () => [...figuresIn(window.Bokeh?.index?.roots ?? [])].filter(one => isShown(one.el))
const atRest = () => {
  if (!window.Bokeh?.documents?.[0]?.is_idle) return false
  for (const element of everywhere(document.body)) {
    const waits = element.getAttribute("aria-busy") === "true" || element.hasAttribute("data-stale")
    if (waits && isShown(element)) return false
    if (window.roi && element.matches(".tabulator-tableholder:not([role])") && isShown(element)) return false
  }
  return figures().every(figure => figure._render_count > 0)
}
// Whether it lies in a box of its own that can be scrolled, so that the page need not be.
const scrolls = element => {
  for (let node = element; node; node = node.parentNode ?? node.host) {
    if (node instanceof Element && node !== document.body && node !== document.documentElement
      && node.scrollWidth > node.clientWidth && /auto|scroll/.test(getComputedStyle(node).overflowX)) return true
  }
  return false
}
// A link with words beside it in the same block: its height is that of the line.
const isInSentence = element => element.matches("a[href]") && getComputedStyle(element).display === "inline"
  && [...element.parentNode.childNodes].some(one => one !== element && one.textContent.trim())
// Where the keyboard is: the element in words, whether its focus can be seen, and whether something covers it.
const place = () => {
  const element = active()
  if (!element || element === document.body || element === document.documentElement) return null
  const { left, top, width, height } = element.getBoundingClientRect()
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element)
  const x = Math.max(1, Math.min(left + width / 2, innerWidth - 2))
  const y = Math.max(1, Math.min(top + height / 2, innerHeight - 2))
  let hit = document.elementFromPoint(x, y)
  while (hit?.shadowRoot?.elementFromPoint(x, y) && hit.shadowRoot.elementFromPoint(x, y) !== hit) {
    hit = hit.shadowRoot.elementFromPoint(x, y)
  }
  let near = false
  for (let node = hit; node; node = node.parentNode ?? node.host) near ||= node === element
  near ||= hit?.closest("label")?.control === element || element.contains(hit)
  return {
    name: nameOf(element),
    kind: element.getAttribute("role") ?? element.localName,
    html: element.outerHTML.slice(0, 140),
    onScreen: left < innerWidth && top < innerHeight && left + width > 0 && top + height > 0 && width > 1,
    free: near,
    outlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && !/, 0\)$|^transparent$/.test(outlineColor),
  }
}

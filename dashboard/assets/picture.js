// A chart as a picture: its figure drawn again at two pixels for one, on the card's own background in the theme in
// view, with its title and answer above, and the filters and the freshness of the data below.

const FINE = 2, EDGE = 20

const viewOf = (views, id) => {
  for (const view of views) {
    const found = view.model?.id === id ? view : viewOf(view.child_views ?? [], id)
    if (found) return found
  }
}

// Bokeh draws at the screen's own scale; for this one drawing the screen says ours.
const figureOf = view => {
  const own = Object.getOwnPropertyDescriptor(globalThis, "devicePixelRatio")
  Object.defineProperty(globalThis, "devicePixelRatio", { value: FINE, configurable: true })
  try {
    return view.export("png", true).canvas
  } finally {
    delete globalThis.devicePixelRatio
    if (own) Object.defineProperty(globalThis, "devicePixelRatio", own)
  }
}

const wrapped = (ctx, text, width) => {
  const lines = []
  for (const word of text.split(/\s+/)) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word
    if (lines.length && ctx.measureText(longer).width <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

const drawPicture = async ({ figure: id, title, note, sentence, key, lines }) => {
  const view = viewOf(Bokeh.index.roots ?? [], id)
  if (!view) return null
  const style = getComputedStyle(view.el)
  const colour = name => style.getPropertyValue(`--${name}`).trim()
  const font = (size, weight = 400) => `${weight} ${size}px ${colour("font")}`
  const figure = figureOf(view)
  const width = Math.round(figure.width / FINE), height = Math.round(figure.height / FINE)
  const canvas = document.createElement("canvas")
  const ctx = canvas.getContext("2d")

  // What stands where, from top to bottom: words with their look, or room for the figure.
  const parts = []
  let y = EDGE
  const words = (text, ink, size, weight) => {
    ctx.font = font(size, weight)
    for (const line of wrapped(ctx, text, width)) {
      parts.push({ line, ink, look: ctx.font, y: y + size })
      y += Math.round(size * 1.45)
    }
  }
  words(note ? `${title} · ${note}` : title, "ink", 15, 600)
  if (sentence) words(sentence, "muted", 12.5)
  ctx.font = font(12)
  let x = 0
  const dots = []
  for (const [ink, label] of key) {
    const wide = ctx.measureText(label).width + 30
    if (x && x + wide > width) [x, y] = [0, y + 18]
    dots.push({ ink, label, x: EDGE + x, y: y + 14 })
    x += wide
  }
  y += (dots.length ? 22 : 0) + 8
  const top = y
  y += height + 10
  for (const line of lines) words(line, "muted", 11)
  const whole = y + EDGE - 6

  canvas.width = (width + 2 * EDGE) * FINE
  canvas.height = whole * FINE
  ctx.scale(FINE, FINE)
  ctx.fillStyle = colour("card")
  ctx.fillRect(0, 0, width + 2 * EDGE, whole)
  for (const part of parts) {
    ctx.font = part.look
    ctx.fillStyle = colour(part.ink)
    ctx.fillText(part.line, EDGE, part.y)
  }
  ctx.font = font(12)
  for (const { ink, label, x: left, y: foot } of dots) {
    ctx.fillStyle = colour(ink)
    ctx.beginPath()
    ctx.arc(left + 4, foot - 4, 4, 0, 2 * Math.PI)
    ctx.fill()
    ctx.fillStyle = colour("muted")
    ctx.fillText(label, left + 13, foot)
  }
  ctx.drawImage(figure, EDGE, top, width, height)
  return new Promise(resolve => canvas.toBlob(resolve, "image/png"))
}


// Hears clicks on our small buttons, wherever they stand: a button says its verb and value as data-verb="value".
// Python answers with messages: a file to save, a picture to draw, words to announce, a page to show.
// picture.js stands before this file.

const keep = (name, blob) => {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
const bytes = data => Uint8Array.from(atob(data), one => one.charCodeAt(0))
const save = ({ name, text, data, type }) => keep(name, new Blob([text ?? bytes(data)], { type }))

// What a click changes may draw its button anew: the one in its place gets the focus.
let watch = null
const holdFocus = button => {
  const root = button.getRootNode()
  watch?.disconnect()
  if (root.activeElement !== button) return
  const same = other => JSON.stringify({ ...other.dataset }) === JSON.stringify({ ...button.dataset })
  watch = new MutationObserver(() => {
    if (button.isConnected) return
    watch.disconnect()
    const nobody = document.activeElement === document.body || document.activeElement === root.host
    if (nobody) [...root.querySelectorAll("button")].find(same)?.focus({ preventScroll: true })
  })
  watch.observe(root, { childList: true, subtree: true })
}

// The address is a link to what is looked at. Without a clipboard (plain http) it is shown, to be copied by hand.
const copyLink = async button => {
  const words = button.textContent
  try {
    await navigator.clipboard.writeText(location.href)
    button.textContent = "Copied"
  } catch {
    prompt("Copy this link", location.href)
  }
  setTimeout(() => { button.textContent = words }, 2000)
}

// The nearest app around an element; without our template (a notebook) there may be several in one document.
const appOf = path => path.find(node => node.classList?.contains("influencer-roi")) ?? document

const pathOf = element => {
  const path = []
  for (let node = element; node; node = node.parentNode ?? node.host) path.push(node)
  return path
}

export function render({ model }) {
  const mark = document.createElement("span")
  mark.hidden = true
  let tip = null // the open explanation, if any

  // Pages that nobody has opened are built bit by bit, while the visitor does nothing.
  const QUIET = 700
  let touched = 0
  const whenIdle = () => {
    const quiet = performance.now() - touched
    if (quiet < QUIET || document.hidden) setTimeout(whenIdle, QUIET)
    else (globalThis.requestIdleCallback ?? setTimeout)(() => model.send_msg({ verb: "idle", value: "" }))
  }
  const touch = () => { touched = performance.now() }

  const clicked = event => {
    const path = event.composedPath()
    if (appOf(path) !== appOf(pathOf(mark))) return
    if (tip && !path.includes(tip)) tip.open = false
    tip = path.find(node => node.matches?.("details.tip")) ?? null
    const link = path.find(node => node.matches?.("a[data-visit]"))
    if (link) {
      if (globalThis.roi && (event.ctrlKey || event.metaKey || event.shiftKey)) return // in a tab of its own
      event.preventDefault()
      if (globalThis.roi) roi.visit(link.dataset.visit)
      else model.send_msg({ verb: "visit", value: link.dataset.visit })
      return
    }
    const copy = path.find(node => node.matches?.("button[data-copy]"))
    if (copy) return copyLink(copy)
    for (const node of path) {
      const verb = node.dataset && model.verbs.find(one => one in node.dataset)
      if (!verb) continue
      const value = node.dataset[verb]
      holdFocus(node)
      if (verb === "page" && globalThis.roi) roi.go(value)
      else model.send_msg({ verb, value })
      return
    }
  }
  const escaped = event => {
    if (event.key === "Escape" && tip?.open) {
      tip.open = false
      tip.querySelector("summary").focus()
    }
  }
  const opened = event => model.send_msg({ verb: "page", value: event.detail })
  const sees = event => model.send_msg({ verb: "see", value: event.detail })
  const went = event => model.send_msg({ verb: "address", value: event.detail })

  const touches = ["pointerdown", "pointermove", "click", "input", "keydown", "wheel"]
  for (const kind of touches) document.addEventListener(kind, touch, { passive: true })
  document.addEventListener("click", clicked)
  document.addEventListener("keydown", escaped)
  document.addEventListener("roi:page", opened)
  document.addEventListener("roi:address", went)
  document.addEventListener("roi:see", sees)
  model.on("remove", () => {
    for (const kind of touches) document.removeEventListener(kind, touch)
    document.removeEventListener("click", clicked)
    document.removeEventListener("keydown", escaped)
    document.removeEventListener("roi:page", opened)
    document.removeEventListener("roi:address", went)
    document.removeEventListener("roi:see", sees)
  })
  model.on("msg:custom", event => {
    const { save: file, draw, say, page, rest, fresh, whole, changed, address, corrected } = event.data ?? event
    if (rest) whenIdle()
    if (file) save(file)
    if (draw) drawPicture(draw).then(blob => blob && keep(draw.name, blob))
    if (page) globalThis.roi?.go(page)
    if (fresh) globalThis.roi?.fresh(fresh, whole, changed)
    if (address !== undefined) globalThis.roi?.stand(address, corrected)
    const heard = document.getElementById("heard")
    if (say && heard) heard.textContent = say
  })

  // What the address asks for, where the server has not seen it (a page kept ready before anybody came).
  const wanted = globalThis.roi?.query()
  if (wanted !== undefined && wanted !== model.asked) went({ detail: location.search })
  else globalThis.roi?.stand(model.address, true)
  const asked = globalThis.roi?.page()
  if (asked && asked !== model.page) model.send_msg({ verb: "page", value: asked })
  const begin = () => { if (model.ready) globalThis.roi?.fresh(model.ready, true) }
  model.on("ready", begin)
  begin()

  setTimeout(whenIdle, 1500)
  return mark
}

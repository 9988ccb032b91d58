// Hears clicks on our small buttons, wherever they stand: a button says its verb and value as data-verb="value".
// Python answers with messages: a file to save, words to announce, a page to show.

const save = ({ name, text, type }) => {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob([text], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
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

  const clicked = event => {
    const path = event.composedPath()
    if (appOf(path) !== appOf(pathOf(mark))) return
    if (tip && !path.includes(tip)) tip.open = false
    tip = path.find(node => node.matches?.("details.tip")) ?? null
    for (const node of path) {
      const verb = node.dataset && model.verbs.find(one => one in node.dataset)
      if (!verb) continue
      const value = node.dataset[verb]
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

  document.addEventListener("click", clicked)
  document.addEventListener("keydown", escaped)
  document.addEventListener("roi:page", opened)
  model.on("remove", () => {
    document.removeEventListener("click", clicked)
    document.removeEventListener("keydown", escaped)
    document.removeEventListener("roi:page", opened)
  })
  model.on("msg:custom", event => {
    const { save: file, say, page } = event.data ?? event
    if (file) save(file)
    if (page) globalThis.roi?.go(page)
    const heard = document.getElementById("heard")
    if (say && heard) heard.textContent = say
  })

  // What the address asks for, where the server has not seen it (a page kept ready before anybody came).
  const asked = globalThis.roi?.page()
  if (asked && asked !== model.page) model.send_msg({ verb: "page", value: asked })

  // Let the server build the other pages, one at a time, whenever the browser has nothing better to do.
  const idle = globalThis.requestIdleCallback ?? (run => setTimeout(run, 300))
  const next = () => idle(() => model.send_msg({ verb: "idle", value: "" }))
  model.on("waiting", () => { if (model.waiting) next() })
  if (model.waiting) setTimeout(next, 600)
  return mark
}

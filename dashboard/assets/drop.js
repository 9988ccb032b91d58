// A place for files: drop them, or choose them with the button. They travel in pieces, one after the other; the server
// asks for each next piece, so it can refuse before it has taken more than it wants.

const PIECE = 2 * 1024 * 1024

export function render({ model }) {
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties)
    element.append(...children)
    return element
  }
  const input = make("input", { type: "file", multiple: true, accept: model.accept, className: "sr", tabIndex: -1 })
  const open = make("button", { type: "button", className: "choose" }, "Choose files")
  const words = make("p", {}, "Drop the four files here, or ", open)
  const bar = make("progress", { max: 1, value: 0, hidden: true })
  const heard = make("p", { className: "progress" })
  heard.setAttribute("role", "status")
  bar.setAttribute("aria-label", "Upload")
  input.setAttribute("aria-label", "Files of the four tables")
  const zone = make("div", { className: "zone" }, words, input, bar, heard)
  const row = make("div", { className: "others" })
  const root = make("div", {}, zone, row)

  let queue = [], sent = 0, total = 0, at = null

  const say = text => { heard.textContent = text }
  const busy = on => { bar.hidden = !on; open.disabled = on }

  const send = async () => {
    const { file, from } = at
    const data = await file.slice(from, from + PIECE).arrayBuffer()
    at.from += data.byteLength
    sent += data.byteLength
    bar.value = total ? sent / total : 1
    say(`Sending ${file.name}`)
    model.send_msg({ piece: data, name: file.name, last: at.from >= file.size, more: queue.length })
  }
  const next = () => {
    if (at && at.from < at.file.size) return send()
    at = queue.length ? { file: queue.shift(), from: 0 } : null
    if (at) return send()
    busy(false)
    say("Reading the files …")
    model.send_msg({ done: true })
  }
  const take = files => {
    if (!files.length || at) return
    queue = [...files]
    sent = 0
    total = queue.reduce((sum, file) => sum + file.size, 0)
    busy(true)
    model.send_msg({ start: true })
  }

  model.on("msg:custom", event => {
    const { go, stop, ready } = event.data ?? event
    if (go) next()
    if (stop !== undefined) { queue = []; at = null; busy(false); say(stop) }
    if (ready) say("")
  })
  open.addEventListener("click", () => input.click())
  input.addEventListener("change", () => { take(input.files); input.value = "" })
  zone.addEventListener("dragover", event => { event.preventDefault(); zone.classList.add("over") })
  zone.addEventListener("dragleave", () => zone.classList.remove("over"))
  zone.addEventListener("drop", event => {
    event.preventDefault()
    zone.classList.remove("over")
    take(event.dataTransfer.files)
  })

  const buttons = () => row.replaceChildren(...model.others.map(([name, text]) => {
    const button = make("button", { type: "button" }, text)
    button.addEventListener("click", () => model.send_msg({ other: name }))
    return button
  }))
  model.on("others", buttons)
  buttons()
  return root
}

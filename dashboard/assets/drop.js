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
  const words = make("p", {}, "Drop files here, or ", open)
  const bar = make("progress", { max: 1, value: 0, hidden: true })
  const heard = make("p", { className: "progress" })
  const told = make("p", { className: "sr" }) // the same, without every number on the way
  told.setAttribute("role", "status")
  bar.setAttribute("aria-label", "Upload")
  input.setAttribute("aria-label", "Files of the four tables")
  const zone = make("div", { className: "zone" }, words, heard, told, bar, input)
  const row = make("div", { className: "others" })
  const root = make("div", {}, zone, row)

  let queue = [], at = null, sent = 0, total = 0, busy = false, pressed = false

  const say = (text, brief = text) => {
    heard.textContent = text
    if (told.textContent !== brief) told.textContent = brief
  }
  const work = on => {
    busy = on
    bar.hidden = !on
    for (const button of [open, ...row.children]) button.disabled = on
  }
  const end = text => {
    queue = []
    at = null
    work(false)
    say("", text)
    if (pressed) open.focus() // the button that was pressed may be gone
    pressed = false
  }

  const send = async () => {
    const { file, from } = at
    say(`Sending ${file.name}`)
    let piece
    try {
      piece = await file.slice(from, from + PIECE).arrayBuffer()
    } catch { // a folder, or a file that is gone
      end("")
      model.send_msg({ "gave up": true })
      return say(`${file.name} cannot be read: is it a folder? Nothing was changed.`)
    }
    at.from += piece.byteLength
    sent += piece.byteLength
    bar.value = total ? sent / total : 1
    model.send_msg({ piece, name: file.name, last: at.from >= file.size })
  }
  const next = () => {
    if (at && at.from < at.file.size) return send()
    at = queue.length ? { file: queue.shift(), from: 0 } : null
    if (at) return send()
    bar.removeAttribute("value")
    say("Reading the files …")
    model.send_msg({ done: true })
  }
  const take = files => {
    if (!files.length || busy) return
    queue = [...files]
    sent = 0
    total = queue.reduce((sum, file) => sum + file.size, 0)
    work(true)
    model.send_msg({ start: true })
  }

  model.on("msg:custom", event => {
    const { go, stop, said, focus, doing, share } = event.data ?? event
    if (go && busy) next()
    if (doing) {
      work(true)
      say(doing, doing.split(":")[0])
      if (typeof share === "number") bar.value = share
      else bar.removeAttribute("value")
    }
    if (focus) pressed = true
    if (stop) end(said ?? "")
  })
  open.addEventListener("click", () => input.click())
  input.addEventListener("change", () => { take(input.files); input.value = "" })
  zone.addEventListener("dragover", () => zone.classList.add("over"))
  zone.addEventListener("dragleave", () => zone.classList.remove("over"))
  zone.addEventListener("drop", event => {
    zone.classList.remove("over")
    take(event.dataTransfer.files)
  })

  // A file dropped beside the zone would open in place of the dashboard.
  const stay = event => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault() }
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, stay)
  model.on("remove", () => {
    for (const kind of ["dragover", "drop"]) window.removeEventListener(kind, stay)
  })

  const buttons = () => row.replaceChildren(...model.others.map(([name, text]) => {
    const button = make("button", { type: "button", disabled: busy }, text)
    button.addEventListener("click", () => {
      pressed = true
      work(true)
      bar.removeAttribute("value")
      say("Reading …")
      model.send_msg({ other: name })
    })
    return button
  }))
  model.on("others", buttons)
  buttons()
  return root
}

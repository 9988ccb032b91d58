// The menu of saved views: links by name, each with rename and delete, and a name to save one more. All text is textContent.

export function render({ model }) {
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties)
    element.append(...children)
    return element
  }
  const id = "view-" + Math.random().toString(36).slice(2)
  const input = make("input", { type: "text", id, maxLength: model.longest, autocomplete: "off" })
  const form = make("form", { noValidate: true },
    make("label", { htmlFor: id }, "Name of this view"),
    make("div", { className: "row" }, input, make("button", { type: "submit", className: "save" }, "Save")))
  const refusal = make("p", { className: "why" })
  const said = make("p", { className: "said" })
  said.setAttribute("role", "status")
  const list = make("ul", {})
  list.setAttribute("aria-label", "Saved views")
  const menu = make("details", { className: "menu tip quiet" }, make("summary", {}, "Views"),
    make("div", {}, list, refusal, form, said))
  let renaming = "", asked = "" // what is being renamed; what was asked once and is done when asked again

  const say = (text, wrong = false) => {
    said.textContent = text
    said.classList.toggle("wrong", wrong)
  }
  const button = (text, label, act) => {
    const one = make("button", { type: "button" }, text)
    one.setAttribute("aria-label", label)
    one.addEventListener("click", act)
    return one
  }
  const same = (one, other) => one.trim().replace(/\s+/g, " ").toLowerCase() === other.toLowerCase()
  const isSure = question => {
    const sure = asked === question
    asked = sure ? "" : question
    return sure
  }
  const leaveName = name => {
    renaming = ""
    show()
    list.querySelector(`[aria-label="${CSS.escape(`Rename ${name}`)}"]`)?.focus()
  }
  const visit = link => event => {
    if (!globalThis.roi || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
    event.preventDefault()
    menu.open = false
    roi.visit(link)
  }
  const line = ([name, link]) => {
    if (name === renaming) {
      const to = make("input", { type: "text", value: name, maxLength: model.longest })
      to.setAttribute("aria-label", `New name of ${name}`)
      const row = make("form", { className: "row", noValidate: true }, to, make("button", { type: "submit", className: "save" }, "Rename"))
      row.addEventListener("submit", event => {
        event.preventDefault()
        if (to.value.trim() !== name) return model.send_msg({ rename: name, to: to.value })
        leaveName(name)
      })
      row.addEventListener("keydown", event => {
        if (event.key !== "Escape") return
        event.stopPropagation() // the menu stays open
        leaveName(name)
      })
      setTimeout(() => to.select())
      return make("li", {}, row)
    }
    const open = make("a", { href: `?${link}` }, name)
    open.addEventListener("click", visit(link))
    return make("li", {}, open,
      button("✎", `Rename ${name}`, () => { renaming = name; show() }),
      button("✕", `Delete ${name}`, () => {
        if (isSure(`delete ${name}`)) return model.send_msg({ delete: name })
        say(`“${name}” will be gone for everybody. Press ✕ once more to delete it.`, true)
      }))
  }
  const show = () => {
    refusal.textContent = model.refusal
    refusal.hidden = !model.refusal
    form.hidden = Boolean(model.refusal)
    list.hidden = !model.entries.length
    list.replaceChildren(...model.entries.map(line))
  }
  form.addEventListener("submit", event => {
    event.preventDefault()
    if (!input.value.trim()) {
      say("Give the view a name first.", true)
      return input.focus()
    }
    const [there] = model.entries.find(([name]) => same(input.value, name)) ?? []
    if (there && !isSure(`save ${there}`)) {
      return say(`There is a view “${there}” already. Press Save once more to replace it.`, true)
    }
    model.send_msg({ save: input.value })
  })
  model.on("msg:custom", event => {
    const { said: words, wrong } = event.data ?? event
    if (words === undefined) return
    say(words, wrong)
    asked = ""
    if (wrong) return
    input.value = renaming = ""
    show()
    if (menu.open) input.focus()
  })
  menu.addEventListener("toggle", () => {
    asked = ""
    say("")
    if (menu.open) model.send_msg({ look: true }) // others may have saved some since
  })
  for (const name of ["entries", "refusal"]) model.on(name, show)
  show()
  return menu
}

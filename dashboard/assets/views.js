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
  let renaming = ""

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
        renaming = ""
        model.send_msg({ rename: name, to: to.value })
      })
      setTimeout(() => to.select())
      return make("li", {}, row)
    }
    const open = make("a", { href: `?${link}` }, name)
    open.addEventListener("click", visit(link))
    return make("li", {}, open,
      button("✎", `Rename ${name}`, () => { renaming = name; show() }),
      button("✕", `Delete ${name}`, () => model.send_msg({ delete: name })))
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
    model.send_msg({ save: input.value })
  })
  model.on("msg:custom", event => {
    const { said: words, wrong } = event.data ?? event
    if (words === undefined) return
    say(words, wrong)
    if (!wrong) input.value = ""
    show()
    if (menu.open && !wrong) input.focus()
  })
  for (const name of ["entries", "refusal"]) model.on(name, show)
  show()
  return menu
}

// Saved datasets: a title and a button that saves, and a list with a button that opens each. All text is textContent.

export function render({ model }) {
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties)
    element.append(...children)
    return element
  }
  const id = "title-" + Math.random().toString(36).slice(2)
  const input = make("input", { type: "text", id, maxLength: model.longest, autocomplete: "off" })
  const save = make("button", { type: "submit", className: "choose" }, "Save as dataset")
  const label = make("label", { htmlFor: id }, "Title")
  const form = make("form", { className: "new", noValidate: true }, label, make("div", { className: "row" }, input, save))
  const said = make("p", { className: "said" })
  said.setAttribute("role", "status")
  const list = make("ul", {})
  list.setAttribute("aria-label", "Saved datasets")
  const root = make("div", {}, form, said, list)
  let busy = false, pressed = false

  const say = (text, wrong = false) => {
    said.textContent = text
    said.classList.toggle("wrong", wrong)
  }
  const work = on => {
    busy = on
    for (const button of root.querySelectorAll("button")) button.disabled = on || button.dataset.here === "true"
  }
  const linkTo = name => `?${new URLSearchParams({ dataset: name })}`
  const entries = () => list.replaceChildren(...model.entries.map(entry => {
    const here = entry.id === model.here
    const words = make("div", { className: "what" }, make("b", {}, entry.title), make("span", {}, entry.words))
    const link = make("a", { href: linkTo(entry.id) }, "Link")
    link.setAttribute("aria-label", `Link to ${entry.title}`)
    const open = make("button", { type: "button", disabled: busy || here }, here ? "In view" : "Open")
    open.dataset.here = String(here)
    open.setAttribute("aria-label", here ? `${entry.title} is in view` : `Open ${entry.title}`)
    open.addEventListener("click", () => {
      pressed = true
      work(true)
      say(`Opening ${entry.title} …`)
      model.send_msg({ open: entry.id })
    })
    return make("li", {}, words, make("div", { className: "row" }, link, open))
  }))
  const show = () => {
    form.hidden = !model.may_save
    list.hidden = !model.entries.length
    entries()
  }
  form.addEventListener("submit", event => {
    event.preventDefault()
    if (busy) return
    if (!input.value.trim()) {
      say("Give it a title first.", true)
      return input.focus()
    }
    pressed = true
    work(true)
    say("Saving …")
    model.send_msg({ save: input.value })
  })
  model.on("msg:custom", event => {
    if (!(event.data ?? event).done) return
    work(false)
    say(model.said, model.wrong)
    if (!model.wrong) input.value = ""
    if (pressed) (model.wrong && !form.hidden ? input : list.querySelector("a") ?? input).focus()
    pressed = false
  })
  for (const name of ["entries", "may_save"]) model.on(name, show)
  model.on("here", show)
  show()
  return root
}

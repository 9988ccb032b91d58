// A row of buttons. All text is set with textContent; a file is saved when Python sends one.

export function render({ model }) {
  const row = document.createElement("div")
  row.className = "others"
  const show = () => row.replaceChildren(...model.buttons.map(([name, words]) => {
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = words
    button.addEventListener("click", () => model.send_msg({ press: name }))
    return button
  }))
  model.on("buttons", show)
  model.on("msg:custom", event => {
    const { save } = event.data ?? event
    if (!save) return
    const link = document.createElement("a")
    link.href = URL.createObjectURL(new Blob([save.text], { type: save.type }))
    link.download = save.name
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 1000)
  })
  show()
  return row
}

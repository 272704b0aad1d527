// Gives pictures from the clipboard, and files dropped anywhere on the page, to the file uploader in a container.

export default function ({ parentElement, data }) {
  const button = parentElement.querySelector("button")
  const status = parentElement.querySelector("[role=status]")

  function give(files) {
    const input = document.querySelector(`.st-key-${data.container} input[type=file]`)
    if (!input || !files.length) return
    const carried = new DataTransfer()
    for (const file of files) carried.items.add(file)
    input.files = carried.files
    input.dispatchEvent(new Event("change", { bubbles: true }))
    status.textContent = ""
  }

  document.onpaste = (event) => {
    const files = [...(event.clipboardData?.files ?? [])]
    if (!files.length) return // text, for whatever has the focus
    event.preventDefault()
    give(files)
  }

  button.onclick = async () => {
    try {
      const files = []
      for (const item of await navigator.clipboard.read()) {
        const type = item.types.find((type) => type.startsWith("image/"))
        if (type) files.push(new File([await item.getType(type)], `pasted.${type.slice(6)}`, { type }))
      }
      status.textContent = files.length ? "" : "There is no picture in the clipboard."
      give(files)
    } catch {
      status.textContent = "The browser does not allow this button. Press Ctrl+V or ⌘V instead."
    }
  }

  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files")
  const overZone = (event) => event.target.closest?.('[data-testid="stFileUploaderDropzone"]')
  const mark = (on) => document.documentElement.classList.toggle("dropping", on)

  document.ondragover = (event) => {
    if (!carriesFiles(event)) return
    event.preventDefault() // or the browser would open the file in place of the page
    mark(true)
  }
  document.ondragleave = (event) => {
    if (!event.relatedTarget) mark(false)
  }
  document.ondrop = (event) => {
    mark(false)
    if (!carriesFiles(event) || overZone(event)) return
    event.preventDefault()
    give([...event.dataTransfer.files])
  }

  return () => {
    document.onpaste = document.ondragover = document.ondragleave = document.ondrop = null
    mark(false)
  }
}

// Makes the browser's Back and Forward go through what a visitor chose, one step each.
//
// Streamlit puts the state of a widget into the address in place of the one before, which leaves no step to go back to;
// and one click may change the address several times: a widget that goes takes its part of the query with it, and on
// the way to another page the query is cleared first. So here the first change after a click or a key is a step, and
// those that follow until the next are corrections of it. Without a click there is no step: going back must not lead
// to an address that was wrong.

export default function () {
  if (window.covergenreHistory) return
  window.covergenreHistory = true
  const push = history.pushState.bind(history)
  const replace = history.replaceState.bind(history)
  let fresh = false

  for (const kind of ["pointerdown", "keydown", "drop", "change"]) {
    window.addEventListener(kind, () => { fresh = true }, { capture: true, passive: true })
  }
  window.addEventListener("popstate", () => { fresh = false }, { capture: true })

  history.pushState = history.replaceState = (state, title, address) => {
    const next = new URL(address ?? location.href, location.href)
    if (next.pathname === location.pathname && next.search === location.search) {
      replace(state, title, address)
    } else if (fresh) {
      fresh = false
      push(state, title, address)
    } else {
      replace(state, title, address)
    }
  }
}

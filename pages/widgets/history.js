// What browsers do when they load a page, and Streamlit does not: Back and Forward go through the choices of a visitor, one
// step each; on a narrow screen the menu closes; the page starts at its top, with the focus on its heading, and another
// page of covers at its first. An answer or a run that appears outside the window, as on a phone, is scrolled into view.

const LONGEST = 10000 // milliseconds for the run of a page after going back to it
const NARROW = "(max-width: 767px)"
const WAIT = 4000 // milliseconds for a page to appear
const ANSWER = 60000 // milliseconds for an answer to appear
const LOW = 0.75 // of the window's height
const QUIET = ["ticked"] // parameters that change with each of many clicks are no steps

export default function ({ data }) {
  window.covergenreHistory ??= begin()
  if (data) window.covergenreHistory(data)
}

function begin() {
  const change = keepSteps()
  watchArrivals() // afterwards, so that it sees the new address
  return change
}

// Streamlit replaces the address when a widget changes, which leaves no step to go back to; and one click may change it
// several times: a widget that goes takes its parameter with it, and on the way to another page the query is cleared
// first. So the first change after a click or a key is a step, and those that follow until the next click replace it.
// Without a click there is no step: going back must not lead to a wrong address.
//
// After going back, corrections of the step left may still arrive. So nothing changes the address until the run of the
// page that began there has ended; then the address at its end is set.
function keepSteps() {
  const push = history.pushState.bind(history)
  const replace = history.replaceState.bind(history)
  let fresh = false
  let back = { query: null, until: 0 } // where somebody went back to

  for (const kind of ["pointerdown", "keydown", "drop", "change"]) {
    window.addEventListener(kind, () => { fresh = true }, { capture: true, passive: true })
  }
  window.addEventListener("popstate", () => {
    fresh = false
    back = { query: inOrder(location.search), until: performance.now() + LONGEST }
  }, { capture: true })

  history.pushState = history.replaceState = (state, title, address) => {
    const next = new URL(address ?? location.href, location.href)
    if (next.pathname === location.pathname && next.search === location.search) {
      replace(state, title, address)
    } else if (fresh && (next.pathname !== location.pathname || loud(next.search) !== loud(location.search))) {
      fresh = false
      back.until = 0
      push(state, title, address)
    } else if (performance.now() > back.until) {
      replace(state, title, address)
    }
  }

  return ({ began, ended }) => {
    if (performance.now() > back.until || inOrder(began) !== back.query) return
    back.until = 0
    if (inOrder(ended) !== back.query) history.replaceState(history.state, "", ended ? `?${ended}` : location.pathname)
  }
}

function loud(query) {
  const named = new URLSearchParams(query)
  QUIET.forEach((name) => named.delete(name))
  return inOrder(named)
}

function inOrder(query) {
  const named = new URLSearchParams(query)
  named.sort()
  return named.toString()
}

function watchArrivals() {
  let here = new URL(location.href)

  const closeMenu = () => {
    const menu = document.querySelector('[data-testid="stSidebar"]')
    if (!menu || menu.getBoundingClientRect().right <= 0 || !matchMedia(NARROW).matches) return
    menu.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click()
  }

  // Until the page is complete, because what comes above the words still moves them; but not once the visitor scrolls.
  const bring = (key, block, longest) => {
    const end = performance.now() + longest
    const look = setInterval(() => {
      const part = document.querySelector(key)
      const words = part?.querySelector("h2")
      const top = words?.getBoundingClientRect().top
      if (top < 0 || top > LOW * innerHeight) (block === "start" ? part : words).scrollIntoView({ block })
      const complete = words && !document.querySelector('[data-test-script-state="running"]')
      if (complete || performance.now() > end) clearInterval(look)
    }, 100)
    for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      window.addEventListener(kind, () => clearInterval(look), { once: true, passive: true })
    }
  }

  const bringRun = () => bring(".st-key-opened", "center", Infinity) // the table stays in sight; a run may take hours

  const arrive = () => {
    const before = here
    here = new URL(location.href)
    const other = (name) => before.searchParams.get(name) !== here.searchParams.get(name)
    if (other("answer") && here.searchParams.has("answer")) bring(".st-key-answer", "start", ANSWER)
    if (other("run") && here.searchParams.has("run")) bringRun()
    if (before.pathname === here.pathname && !other("cover") && !other("open")) return
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0)
    const end = performance.now() + WAIT
    const look = setInterval(() => {
      const lost = !document.activeElement || document.activeElement === document.body
      const heading = document.querySelector('[data-testid="stMain"] h1')
      if (lost && heading) {
        heading.tabIndex = -1
        heading.focus({ preventScroll: true })
      }
      if ((lost && heading) || performance.now() > end) clearInterval(look)
    }, 100)
  }

  for (const name of ["pushState", "replaceState"]) {
    const change = history[name].bind(history)
    history[name] = (...values) => {
      change(...values)
      arrive()
    }
  }
  window.addEventListener("popstate", () => { here = new URL(location.href) })
  document.addEventListener("click", (event) => {
    if (event.target.closest?.('[data-testid="stSidebarNavLink"]')) setTimeout(closeMenu, 150)
    if (event.target.closest?.(".st-key-ended button")) bringRun()
    const pager = event.target.closest?.('[data-testid="stPagination"]')
    const above = (grid) => grid.compareDocumentPosition(pager) & Node.DOCUMENT_POSITION_FOLLOWING
    if (pager) [...document.querySelectorAll('[class*="st-key-tiles-"]')].filter(above).at(-1)?.scrollIntoView()
  })
  // Until all has come, the style shows nothing below what is still to come.
  const settle = setInterval(() => {
    if (document.querySelector('[data-testid="stSkeleton"], [data-test-script-state="running"]')) return
    document.documentElement.dataset.settled = ""
    clearInterval(settle)
  }, 250)
  // Streamlit remembers across reloads that the menu was open; one that was opened just now stays.
  if (!navigator.userActivation?.hasBeenActive) closeMenu()
}

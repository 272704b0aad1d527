// What a browser does when a page loads anew, and Streamlit does not: on a narrow screen the menu closes, the page starts
// at its top, and the focus, which went with what was pressed, is on its heading.

const NARROW = "(max-width: 767px)"
const WAIT = 4000 // milliseconds for a page to come

export default function () {
  if (window.covergenreArrival) return
  window.covergenreArrival = true
  let here = new URL(location.href)

  const closeMenu = () => {
    const menu = document.querySelector('[data-testid="stSidebar"]')
    if (!menu || menu.getBoundingClientRect().right <= 0 || !matchMedia(NARROW).matches) return
    menu.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click()
  }

  const arrive = () => {
    const before = here
    here = new URL(location.href)
    const other = (name) => before.searchParams.get(name) !== here.searchParams.get(name)
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
    history[name] = (...told) => {
      change(...told)
      arrive()
    }
  }
  window.addEventListener("popstate", () => { here = new URL(location.href) })
  document.addEventListener("click", (event) => {
    if (event.target.closest?.('[data-testid="stSidebarNavLink"]')) setTimeout(closeMenu, 150)
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

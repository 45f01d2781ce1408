// What a checker asks of a page, in the page. Everything hangs on one name: the site's own scripts see nothing else.
(() => {
  const FOCUSABLE = "a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex], [contenteditable=true]"
  const ACTING = "[role=button], [role=link], [role=checkbox], [role=radio], [role=switch], [role=tab], [role=menuitem], [role=option], [onclick]"
  const SHOWS_FOCUS = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderTopColor", "borderBottomColor", "borderBottomWidth", "backgroundColor"]

  const isShown = (element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && !element.closest("[inert]")
  const isOn = (element) => !element.matches(":disabled")
  const name = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 160)

  // One stop for a group of radio buttons: arrows move inside it.
  const stopOf = (element) => element.type === "radio" && element.name ? `${element.form?.action} ${element.name}` : element

  function stops() {
    const found = [...document.querySelectorAll(FOCUSABLE)].filter(
      (e) => e.tabIndex >= 0 && isShown(e) && isOn(e) && (e.tagName !== "SUMMARY" || e === e.parentElement.querySelector(":scope > summary"))
    )
    return new Map(found.map((element) => [stopOf(element), element]))
  }

  // Where a focus may show: on the element, on its label, on what stands close around it.
  function placesOf(element) {
    const around = [element, ...(element.labels ?? []), element.nextElementSibling, element.parentElement, element.parentElement?.parentElement]
    return around.filter(Boolean)
  }

  function looks(element) {
    const parts = placesOf(element).flatMap((place) => [null, "::before", "::after"].map((pseudo) => getComputedStyle(place, pseudo)))
    return parts.map((style) => SHOWS_FOCUS.map((property) => style[property]).join(" ")).join("|")
  }

  const net = { walked: null }

  net.startKeyboard = () => {
    startAtTheTop()
    const expected = stops()
    const before = new Map([...expected.values()].map((element) => [element, looks(element)]))
    net.walked = { expected, order: [], unseen: [], covered: [] }
    const watch = () => {
      const element = document.activeElement
      if (!element || element === document.body) return
      net.walked.order.push(element)
      // Of a group of radio buttons, the checked one takes the focus: its look before is read from its own twin.
      const former = before.get(element)
      if (former !== undefined && former === looks(element)) net.walked.unseen.push(name(element))
    }
    const leave = () => {
      const element = document.activeElement
      if (element && element !== document.body && isCovered(element)) net.walked.covered.push(name(element))
    }
    document.addEventListener("focusin", watch)
    document.addEventListener("keydown", leave, true)
    net.walked.stop = () => { document.removeEventListener("focusin", watch); document.removeEventListener("keydown", leave, true) }
    // A date is several stops: day, month, year, and the calendar.
    const parts = { date: 3, time: 2, "datetime-local": 5, month: 2, week: 2 }
    return [...expected.values()].reduce((sum, element) => sum + 1 + (parts[element.type] ?? 0), 0)
  }

  // A page may have put the focus on its list of mistakes: the walk begins before it all the same.
  function startAtTheTop() {
    document.body.tabIndex = -1
    document.body.focus()
    document.body.blur()
    document.body.removeAttribute("tabindex")
  }

  // Nothing of it can be seen: neither its corners nor its middle, nor those of its label.
  function isCovered(element) {
    return placesOf(element).slice(0, 1 + (element.labels?.length ?? 0)).every((place) => [...place.getClientRects()].every((box) => {
      const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]]
      return points.every(([x, y]) => {
        const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y)
        return !top || !(place.contains(top) || top.contains(place) && top !== document.body && top !== document.documentElement)
      })
    }))
  }

  net.endKeyboard = () => {
    const { expected, order, unseen, covered, stop } = net.walked
    stop()
    const reached = order.map(stopOf)
    const faults = [...expected].filter(([key]) => !reached.includes(key)).map(([, element]) => `jamais atteint au clavier : ${name(element)}`)
    const first = [...new Set(reached)].filter((key) => expected.has(key))
    const wanted = [...expected.keys()].filter((key) => first.includes(key))
    const moved = first.find((key, index) => key !== wanted[index])
    if (moved !== undefined) faults.push(`hors de l’ordre de lecture : ${name(expected.get(moved))}`)
    const positive = [...document.querySelectorAll("[tabindex]")].filter((element) => element.tabIndex > 0)
    faults.push(...positive.map((element) => `tabindex positif : ${name(element)}`))
    const dead = [...document.querySelectorAll(ACTING)].filter((e) => isShown(e) && e.tabIndex < 0)
    faults.push(...dead.map((element) => `agit sans clavier : ${name(element)}`))
    return { keyboard: faults, focus: [...unseen.map((n) => `focus invisible : ${n}`), ...covered.map((n) => `focus caché : ${n}`)] }
  }

  // WCAG 2.5.8, with its exceptions: spacing, a place in a sentence, another target for the same, the browser's own control.
  const SIDE = 24

  function targetOf(element) {
    const boxes = [element, ...(element.labels ?? [])].filter(isShown).map((place) => place.getBoundingClientRect())
    return boxes.reduce((best, box) => (Math.min(box.width, box.height) > Math.min(best.width, best.height) ? box : best))
  }

  function isInSentence(element) {
    if (getComputedStyle(element).display !== "inline") return false
    const block = element.closest("p, li, dd, dt, td, th, figcaption, label, legend, div")
    return !!block && block.textContent.trim().length > element.textContent.trim().length
  }

  net.targets = () => {
    const found = [...new Set([...stops().values(), ...document.querySelectorAll("input[type=radio], input[type=checkbox]")])]
      .filter((element) => isShown(element) && !element.closest(".visually-hidden, .skip-link"))
      .map((element) => ({ element, box: targetOf(element) }))
      .filter(({ box }) => box.width > 1 && box.height > 1)
    const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2]
    const isSmall = ({ box }) => box.width < SIDE - 0.5 || box.height < SIDE - 0.5
    const isCrowded = (one) => found.some((other) => {
      if (other === one || other.box === one.box || one.element.contains(other.element) || other.element.contains(one.element)) return false
      const [x, y] = middle(one.box)
      const { left, right, top, bottom } = other.box
      const away = Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom))
      if (away < SIDE / 2) return true
      const [otherX, otherY] = middle(other.box)
      return isSmall(other) && Math.hypot(otherX - x, otherY - y) < SIDE
    })
    return found.filter((one) => isSmall(one) && !isInSentence(one.element) && isCrowded(one))
      .map(({ element, box }) => `${Math.round(box.width)} × ${Math.round(box.height)} px : ${name(element)}`)
  }

  net.sideways = () => {
    const screen = document.documentElement.clientWidth
    const width = document.documentElement.scrollWidth
    if (width <= screen) return []
    const wide = [...document.body.querySelectorAll("*")].filter((e) => isShown(e) && e.getBoundingClientRect().right > screen + 1)
    return [`${width} px de large pour ${screen} : ${wide.slice(-1).map(name)}`]
  }

  // WCAG 1.4.12: nothing may be cut when the reader spaces the text out.
  net.spacing = () => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }")
    const former = document.adoptedStyleSheets
    document.adoptedStyleSheets = [...former, sheet]
    const cut = [...document.body.querySelectorAll("*:not(input, select, textarea, option, svg, svg *)")].filter((element) => {
      const style = getComputedStyle(element)
      const hidesX = ["hidden", "clip"].includes(style.overflowX), hidesY = ["hidden", "clip"].includes(style.overflowY)
      // Kept for the ear alone (the head of a table on a phone): nothing of it is seen, cut or not.
      for (let place = element; place; place = place.parentElement) if (getComputedStyle(place).clipPath !== "none") return false
      if (!(hidesX || hidesY) || !isShown(element) || element.clientWidth <= 2 || !element.textContent.trim()) return false
      return (hidesX && element.scrollWidth > element.clientWidth + 1) || (hidesY && element.scrollHeight > element.clientHeight + 1)
    })
    const faults = [...cut.map((element) => `texte coupé : ${name(element)}`), ...net.sideways()]
    document.adoptedStyleSheets = former
    return faults
  }

  net.openMenus = () => document.querySelectorAll("details:not([open])").forEach((element) => element.setAttribute("open", ""))

  net.isDark = () => {
    const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number)
    const [r, g, b] = getComputedStyle(document.documentElement).backgroundColor.match(/[\d.]+/g).map(Number)
    const light = Math.min(red + green + blue || 765, r + g + b || 765)
    return light < 300
  }

  window.preauNet = net
})()

// Why the focus is not seen, or "".
(() => {
  const e = document.activeElement
  if (!e || e === document.body) return "is nowhere"
  const box = e.getBoundingClientRect()
  if (box.width < 1 || box.height < 1) return "has no size"
  if (box.bottom <= 0 || box.right <= 0 || box.top >= innerHeight || box.left >= innerWidth) {
    return `is outside of the window: ${Math.round(box.left)},${Math.round(box.top)} to ${Math.round(box.right)},${Math.round(box.bottom)}`
  }
  // The browser's own ring is of style auto.
  const ring = style => style.outlineStyle === "auto" || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && !/^rgba\(.*, 0\)$/.test(style.outlineColor)
  // The ring may be around what the eye takes for the element, a field with its button or a card.
  for (let p = e, i = 0; p && i < 3; p = p.parentElement, i++) {
    const style = getComputedStyle(p)
    if (ring(style) || (style.boxShadow !== "none" && p.matches(":focus-visible, :focus-within"))) return ""
  }
  return "is not to be seen: neither an outline of 2 pixels nor a shadow"
})()

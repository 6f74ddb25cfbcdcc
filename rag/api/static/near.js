// Shows something small beside a place on the page: below it where there is room, else above.

const GAP = 6; // pixels

export function near(one, { top, bottom, left }) {
  one.hidden = false;
  const { width, height } = one.getBoundingClientRect();
  const below = bottom + GAP;
  const above = Math.max(GAP, top - GAP - height);
  one.style.top = `${below + height <= innerHeight ? below : above}px`;
  one.style.left = `${Math.max(GAP, Math.min(left, innerWidth - GAP - width))}px`;
}

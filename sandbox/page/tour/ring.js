// A ring around what is meant, and the card beside it: above, below or at the side, wherever there is room.
const GAP = 10;

export function place(card, ring, target) {
  const seen = target?.getBoundingClientRect();
  const there = Boolean(seen?.width && seen.height && seen.bottom > 0 && seen.top < innerHeight);
  ring.hidden = !there;
  if (there) around(ring, seen);
  const { left, top } = there ? beside(card, seen) : corner(card);
  card.style.left = `${Math.round(left)}px`;
  card.style.top = `${Math.round(top)}px`;
}

function around(ring, seen) {
  const top = Math.max(seen.top - 4, 2);
  Object.assign(ring.style, {
    left: `${seen.left - 4}px`, top: `${top}px`,
    width: `${seen.width + 8}px`, height: `${Math.min(seen.bottom + 4, innerHeight - 2) - top}px`,
  });
}

function beside(card, seen) {
  const { width, height } = card.getBoundingClientRect();
  const left = clamp(seen.left, innerWidth - width);
  if (seen.left > width + 2 * GAP) return { left: seen.left - width - 2 * GAP, top: clamp(seen.top, innerHeight - height) };
  if (seen.top > height + 60) return { left, top: seen.top - height - 2 * GAP };
  if (innerHeight - seen.bottom > height + 60) return { left, top: seen.bottom + 2 * GAP };
  return corner(card);
}

function corner(card) {
  const { width, height } = card.getBoundingClientRect();
  const tabs = document.getElementById("tabs").offsetHeight;
  return { left: clamp(24, innerWidth - width), top: innerHeight - height - tabs - 24 };
}

const clamp = (value, most) => Math.max(GAP, Math.min(value, most - GAP));

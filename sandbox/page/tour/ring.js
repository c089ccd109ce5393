// A ring around what is meant, and the card where it hides least: on a desktop it lies over the other side of the page,
// on a phone at the end of the screen that is farther away.
const GAP = 10;

export function place(card, ring, target) {
  const seen = target?.getBoundingClientRect();
  const there = Boolean(seen?.width && seen.height && seen.bottom > 0 && seen.top < innerHeight);
  ring.hidden = !there;
  if (there) around(ring, seen);
  const { left, top } = there ? beside(card, seen) : free(card);
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
  const slack = document.getElementById("slack").getBoundingClientRect();
  const top = clamp(seen.top, innerHeight - height);
  if (innerWidth > 900 && seen.left >= slack.right) return { left: slack.right - width - GAP, top };
  if (innerWidth > 900) return { left: clamp(slack.right + GAP, innerWidth - width), top };
  const low = (seen.top + seen.bottom) / 2 > innerHeight / 2;
  return low ? free(card) : { left: (innerWidth - width) / 2, top: document.getElementById("tabs").offsetTop - height - GAP };
}

// In the middle of Slack's side; on a phone at the top, where it hides least of what one writes or presses.
function free(card) {
  const { width, height } = card.getBoundingClientRect();
  const slack = document.getElementById("slack").getBoundingClientRect();
  if (innerWidth <= 900) return { left: (innerWidth - width) / 2, top: document.getElementById("top").offsetHeight + GAP };
  return { left: slack.left + (slack.width - width) / 2, top: (innerHeight - height) * 0.4 };
}

const clamp = (value, most) => Math.max(GAP, Math.min(value, most - GAP));

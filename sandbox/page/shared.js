// What the two sides of the page and the tour know of each other. `happened` tells of:
//   "person" {user_id}   somebody else is at the keyboard now     "tab" {tab}   chat, cluster or controls (phones)
//   "message" {kind, message, user_id}   a message came, changed or went: kind is the feed's word
//   "view" {views}   the open modals, the top one last     "channel" {channel_id}   another channel is open
export const happened = new EventTarget();

export const tell = (kind, detail = {}) => happened.dispatchEvent(new CustomEvent(kind, { detail }));

// Filled in by the Slack side when it is mounted.
export const shared = {
  me: "U0ANA",
  become: (_userId) => {}, // be another person
  openChannel: (_channelId) => {},
  write: (_words) => {}, // puts words into the composer and the cursor behind them; sends nothing
  toast: (_title, _text) => {},
  openTab,
};

export function openTab(tab) {
  document.documentElement.dataset.tab = tab;
  for (const button of document.querySelectorAll("#tabs button")) {
    if (button.dataset.tab === tab) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  tell("tab", { tab });
}

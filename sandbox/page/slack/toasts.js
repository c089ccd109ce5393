// What Slack itself would say when something does not work, and what it refused from the app.
import { h } from "./dom.js";
import { icon } from "./icons.js";

const SECONDS = 12;
const EXPLAINED = {
  operation_timeout: [
    "The app did not answer within 3 seconds",
    "It may still do what was asked: look before asking again.",
  ],
  dispatch_failed: ["The app could not be reached", "It is not running or is reconnecting. Try again in a moment."],
  unknown_command: [
    "That is not a valid command",
    "Only /tinystacks is installed here. To send it as a message, put something before the slash.",
  ],
  not_supported_in_threads: ["Slash commands do not work in threads", "Type it in the channel instead."],
  not_in_channel: ["You are not in this channel", "Choose one from the list."],
  invalid_errors: [
    "The app answered with errors for fields this form does not have",
    "Look at the app's answer to view_submission.",
  ],
  invalid_blocks: ["Slack refused the app's blocks", "The pointers are in the notice beside this one."],
};

// Refusals the app expects and answers itself are no news for people.
const TOLD = /^(chat|views|files)\.|^(response_url|view_submission|block_suggestion|slash command)$/;

export function notice(kind, data) {
  if (kind === "refused") return TOLD.test(data.method) && refused(data);
  const [title, text] = EXPLAINED[data.error] ?? ["Slack shows an error", "The app's log says more."];
  toast(title, text, { code: data.error });
}

function refused({ method, error, problems }) {
  toast(`Slack refused ${method}`, "", { code: error, problems, keep: problems.length > 0 });
}

// `keep`: stays until somebody closes it.
export function toast(title, text, { code = "", problems = [], keep = false } = {}) {
  const close = h("button", { type: "button", class: "quiet", "aria-label": "Close this notice" }, icon("close"));
  const box = h(
    "div",
    { class: "toast", role: problems.length ? "alert" : null },
    h(
      "div",
      { class: "toast-text" },
      h("strong", {}, title),
      code && h("code", {}, code),
      text && h("p", {}, text),
      problems.length > 0 &&
        h(
          "ul",
          {},
          problems.map((one) => h("li", {}, pointed(one))),
        ),
    ),
    close,
  );
  close.addEventListener("click", () => box.remove());
  document.getElementById("toasts").append(box);
  while (document.querySelectorAll(".toast").length > 4) document.querySelector(".toast").remove();
  if (!keep) setTimeout(() => box.remove(), SECONDS * 1000);
}

// "[ERROR] must be … [json-pointer:/blocks/0]" in two parts.
function pointed(problem) {
  const found = /^\[ERROR\] (.*) \[json-pointer:(.*)\]$/.exec(problem);
  return found ? [found[1], " at ", h("code", {}, found[2])] : problem;
}

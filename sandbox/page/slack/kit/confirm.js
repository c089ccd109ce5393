// Slack's confirmation dialog: nothing is sent unless the person says yes.
import { h, newId } from "../dom.js";
import { textOf } from "../text/mrkdwn.js";

export function confirmed(confirm) {
  const title = newId("confirm");
  const yes = h(
    "button",
    { class: `bk-button ${confirm.style === "danger" ? "danger" : "primary"}`, value: "yes" },
    textOf(confirm.confirm),
  );
  const no = h("button", { class: "bk-button", value: "no", autofocus: true }, textOf(confirm.deny));
  const dialog = h(
    "dialog",
    { class: "modal confirm", "aria-labelledby": title },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: title }, textOf(confirm.title)),
      h("div", { class: "modal-body" }, textOf(confirm.text)),
      h("footer", {}, no, yes),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
